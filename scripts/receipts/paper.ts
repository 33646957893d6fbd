import sharp from 'sharp';
import type { Receipt, ReceiptLine } from './content.ts';
import { cell, type Face, type GlyphStrip, glyphOffset } from './glyphs.ts';
import { between, type Random } from './random.ts';

/** How a receipt was scanned. */
export interface Scan {
  /** Degrees, clockwise. */
  skew: number;
  /** Standard deviation of the noise, in grey levels. */
  noise: number;
  /** Sigma of the blur in pixels of the finished picture; 0 for none. */
  blur: number;
  /** Grey of the ink, 0 black. */
  ink: number;
  /** Pixels that one character is wide in the finished picture. */
  characterWidth: number;
}

export type Glyphs = Record<Face, GlyphStrip>;

const margin = 60;
const leading = 56;
const columns = 34;

/** Every kind of scan turns up: clean, skewed by 1–4°, noisy, blurred, and some of it together. */
export function makeScan(random: Random, index: number): Scan {
  const skewed = index % 4 === 1 || index % 8 === 6;
  const noisy = index % 4 === 2 || index % 8 === 5;
  const blurred = index % 4 === 3;
  return {
    skew: skewed ? between(random, 1, 4) * (random() < 0.5 ? -1 : 1) : 0,
    noise: noisy ? between(random, 10, 18) : 2,
    blur: blurred ? between(random, 0.7, 1.0) : 0,
    ink: Math.round(between(random, 20, 90)),
    characterWidth: between(random, 11, 13),
  };
}

/** Prints and scans a receipt; answers a grey JPEG. The same random numbers give the same bytes. */
export async function scanReceipt(receipt: Receipt, scan: Scan, glyphs: Glyphs, random: Random): Promise<Buffer> {
  const typewriter = random() < 0.3;
  const page = print(receipt.lines, glyphs, typewriter ? 'typewriter' : 'mono', scan.ink);
  const size = { width: page.width, height: page.height, channels: 1 as const };
  const turned = await sharp(page.pixels, { raw: size })
    .rotate(scan.skew, { background: { r: 214, g: 214, b: 214 } })
    .greyscale()
    .png()
    .toBuffer({ resolveWithObject: true });
  const width = Math.round((turned.info.width * scan.characterWidth) / cell.width);
  const small = sharp(turned.data).resize({ width }).greyscale();
  const soft = scan.blur > 0 ? small.blur(scan.blur) : small;
  const { data, info } = await soft.raw().toBuffer({ resolveWithObject: true });
  spoil(data, info.width, scan.noise, random);
  const finished = { width: info.width, height: info.height, channels: 1 as const };
  return sharp(data, { raw: finished })
    .jpeg({ quality: scan.noise > 5 ? 42 : 62, mozjpeg: true })
    .toBuffer();
}

function print(lines: readonly ReceiptLine[], glyphs: Glyphs, face: Face, ink: number) {
  const width = columns * cell.width + 2 * margin;
  const height = Math.ceil(
    2 * margin + lines.reduce((sum, line) => sum + leading * (line.style === 'large' ? 1.6 : 1), 0),
  );
  const page = { pixels: Buffer.alloc(width * height, 248), width, height };
  let top = margin;
  for (const line of lines) {
    const scale = line.style === 'large' ? 1.5 : 1;
    const strip = line.style === 'plain' ? glyphs[face] : glyphs['mono-bold'];
    printLine(page, line.text, strip, top, scale, ink);
    top += leading * (line.style === 'large' ? 1.6 : 1);
  }
  return page;
}

function printLine(
  page: { pixels: Buffer; width: number },
  text: string,
  strip: GlyphStrip,
  top: number,
  scale: number,
  ink: number,
) {
  [...text].forEach((character, index) => {
    const offset = glyphOffset(character);
    if (offset === null) return;
    const left = margin + index * cell.width * scale;
    for (let y = 0; y < cell.height * scale; y++) {
      const row = Math.floor(y / scale) * strip.stride + offset;
      for (let x = 0; x < cell.width * scale; x++) {
        const cover = (strip.pixels[row + Math.floor(x / scale)] ?? 0) / 255;
        const at = Math.floor(top + y) * page.width + Math.floor(left + x);
        page.pixels[at] = Math.round((page.pixels[at] ?? 0) * (1 - cover) + ink * cover);
      }
    }
  });
}

/** Noise, and light that falls off to one side. */
function spoil(pixels: Buffer, width: number, noise: number, random: Random): void {
  const shade = between(random, 0, 26);
  for (let at = 0; at < pixels.length; at++) {
    const grain = (random() + random() + random() - 1.5) * 2 * noise;
    const grey = (pixels[at] ?? 0) + grain - (shade * (at % width)) / width;
    pixels[at] = Math.max(0, Math.min(255, Math.round(grey)));
  }
}
