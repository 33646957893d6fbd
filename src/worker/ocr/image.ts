import sharp from 'sharp';
import { ExecutorError } from '../executors/executor.ts';

/** Pixels that an image may have before it is decoded: about what a page scanned at 600 dpi has. */
export const maxPixels = 40_000_000;
/** What is read is scaled to at most this many pixels on its longer side. */
const workingSide = 2_400;
/** Small pictures are enlarged to this on their longer side; letters of fewer than ten pixels are read badly. */
const smallSide = 640;

/** Red, green, blue, one byte each, row by row. */
export interface Picture {
  pixels: Uint8Array;
  width: number;
  height: number;
}

export interface OpenedImage {
  picture: Picture;
  /** Size of the image as it is stored, upright; boxes are told in these pixels. */
  width: number;
  height: number;
  /** Pixels of the picture per pixel of the image. */
  scale: number;
}

/** Decodes an image file (JPEG, PNG, WebP, TIFF, GIF, …), upright as its EXIF says, on white where it is transparent. */
export async function openImage(path: string): Promise<OpenedImage> {
  const { width, height } = await measure(path);
  const longer = Math.max(width, height);
  const scale = longer > workingSide ? workingSide / longer : longer < smallSide ? Math.min(3, smallSide / longer) : 1;
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  try {
    const { data, info } = await sharp(path, { limitInputPixels: maxPixels })
      .rotate()
      .flatten({ background: 'white' })
      .resize({ ...size, fit: 'fill' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { picture: { pixels: data, width: info.width, height: info.height }, width, height, scale };
  } catch (error) {
    throw notAnImage(error);
  }
}

async function measure(path: string): Promise<{ width: number; height: number }> {
  const found = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw notAnImage(error);
    });
  const { width, height } = found;
  if (width === undefined || height === undefined) throw notAnImage(undefined);
  if (width * height > maxPixels) {
    throw new ExecutorError(
      'ocr_too_large',
      `The image has ${width} × ${height} pixels; ${maxPixels / 1e6} million are the most`,
      'job',
    );
  }
  return (found.orientation ?? 1) >= 5 ? { width: height, height: width } : { width, height };
}

function notAnImage(cause: unknown): ExecutorError {
  return new ExecutorError('ocr_not_an_image', 'The file is not an image that can be read', 'job', cause);
}
