import { describe, expect, it } from 'vitest';
import { inspectImage, maxImageBytes } from '../../core/image.ts';

/** The smallest whole PNG: 1 × 1, transparent. */
const png = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (char) => char.charCodeAt(0),
);
/** A JPEG's bones: start, a frame header that says 2 × 3, end. */
const jpeg = Uint8Array.from([
  ...[
    0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00,
    0x01, 0x00, 0x00,
  ],
  ...[0xff, 0xc0, 0x00, 0x0b, 0x08, 0x00, 0x03, 0x00, 0x02, 0x01, 0x01, 0x11, 0x00],
  ...[0xff, 0xd9],
]);

const codeOf = (bytes: Uint8Array) => {
  const result = inspectImage(bytes);
  return 'refusal' in result ? result.refusal.code : null;
};

describe('an uploaded image', () => {
  it('[LC-06] is known by its bytes, with its size in pixels', () => {
    expect(inspectImage(png)).toEqual({
      image: { type: 'image/png', extension: 'png', width: 1, height: 1 },
    });
    expect(inspectImage(jpeg)).toEqual({
      image: { type: 'image/jpeg', extension: 'jpg', width: 2, height: 3 },
    });
  });

  it('[LC-06] is refused when it is something else, whatever it is called', () => {
    const texts = ['GIF89a', '<svg xmlns="http://www.w3.org/2000/svg"/>', '<html>', '%PDF-1.7', 'MZ', ''];
    for (const text of texts) expect(codeOf(new TextEncoder().encode(text)), text).toBe('image_type');
  });

  it('[LC-06] is refused when it is cut off, at any byte', () => {
    for (let length = 8; length < png.length; length++) {
      expect(codeOf(png.slice(0, length)), `png ${length}`).toBe('image_damaged');
    }
    for (let length = 3; length < jpeg.length; length++) {
      expect(codeOf(jpeg.slice(0, length)), `jpeg ${length}`).toBe('image_damaged');
    }
  });

  it('[LC-06] is refused over 10 MB', () => {
    expect(codeOf(new Uint8Array(maxImageBytes + 1))).toBe('image_too_large');
  });
});
