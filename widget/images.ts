/** Looks at an image before it is sent, so that what the edge would refuse is never uploaded (LC-06). */
import type { Image } from './chat.ts';

/** As `core/image.ts`, which the panel is too small to carry. */
const maxBytes = 10 * 1024 * 1024;

/** The image with its size in pixels, or the code of what is wrong with it. */
export async function inspect(file: File): Promise<{ image: Image } | { problem: string }> {
  if (!/^image\/(png|jpe?g)$/.test(file.type)) return { problem: 'image_type' };
  if (file.size > maxBytes) return { problem: 'image_too_large' };
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { image: { file, name: file.name || 'image', width, height } };
  } catch {
    return { problem: 'image_damaged' };
  }
}
