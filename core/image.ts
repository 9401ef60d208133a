/**
 * What an uploaded image really is, by its bytes and not by its name (LC-06): PNG or JPEG, whole, with its
 * size in pixels. Sources: PNG specification (ISO/IEC 15948) 5.3 and 11.2; JPEG (ITU-T T.81) annex B.
 */
import { imageSize } from 'image-size';
import { problem, type Problem } from './errors.ts';

/** 10 MB as the guide counts it. */
export const maxImageBytes = 10 * 1024 * 1024;

export interface Image {
  type: 'image/png' | 'image/jpeg';
  extension: 'png' | 'jpg';
  width: number;
  height: number;
}

/** Checks type, wholeness and size; a refusal says which of them is wrong. */
export function inspectImage(bytes: Uint8Array): { image: Image } | { refusal: Problem } {
  if (bytes.length > maxImageBytes) return { refusal: problem('image_too_large') };
  const kind = startsWith(bytes, pngSignature) ? 'png' : startsWith(bytes, jpegSignature) ? 'jpg' : null;
  if (kind === null) return { refusal: problem('image_type') };
  if (kind === 'png' ? !endsWith(bytes, pngEnd, 0) : !endsWith(bytes, jpegEnd, 64)) {
    return { refusal: problem('image_damaged') };
  }
  try {
    const { width, height } = imageSize(bytes);
    if (width < 1 || height < 1 || width * height > 100_000_000) return { refusal: problem('image_damaged') };
    return { image: { type: kind === 'png' ? 'image/png' : 'image/jpeg', extension: kind, width, height } };
  } catch {
    return { refusal: problem('image_damaged') };
  }
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** The last chunk's type and its constant checksum. */
const pngEnd = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];
const jpegSignature = [0xff, 0xd8, 0xff];
const jpegEnd = [0xff, 0xd9];

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((value, index) => bytes[index] === value);
}

/** Cameras pad the end of a JPEG, so the marker may stand up to `slack` bytes before it. */
function endsWith(bytes: Uint8Array, suffix: readonly number[], slack: number): boolean {
  for (let skip = 0; skip <= slack; skip++) {
    const start = bytes.length - suffix.length - skip;
    if (start < 0) return false;
    if (suffix.every((value, index) => bytes[start + index] === value)) return true;
  }
  return false;
}
