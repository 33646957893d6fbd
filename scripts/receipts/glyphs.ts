import sharp from 'sharp';

/**
 * Printed letters as pictures, so that receipts come out the same on every machine, fonts or not. A strip holds the
 * characters from 33 to 126 beside each other, each in a cell of the same size; black is 255.
 */
export const cell = { width: 24, height: 46 };
export const faces = ['mono', 'mono-bold', 'typewriter'] as const;
export type Face = (typeof faces)[number];

const first = 33;
const last = 126;

export interface GlyphStrip {
  pixels: Uint8Array;
  stride: number;
}

export async function loadGlyphs(folder: string, face: Face): Promise<GlyphStrip> {
  const { data, info } = await sharp(`${folder}/${face}.png`).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, stride: info.width };
}

/** Where a character begins in its strip, in pixels from the left; null for what is not printed. */
export function glyphOffset(character: string): number | null {
  const code = character.charCodeAt(0);
  return code < first || code > last ? null : (code - first) * cell.width;
}

const fonts: Record<Face, string> = {
  mono: 'font-family="DejaVu Sans Mono" font-size="39.8"',
  'mono-bold': 'font-family="DejaVu Sans Mono" font-weight="bold" font-size="39.8"',
  typewriter: 'font-family="Liberation Mono" font-size="39.9"',
};

/** Draws a strip with the fonts of this machine; needed only to make the strips in resources/samples/glyphs anew. */
export async function drawGlyphs(face: Face): Promise<Buffer> {
  const cells = Array.from({ length: last - first + 1 }, (_, index) => index);
  const text = cells
    .map((index) => `<text x="${index * cell.width}" y="35" ${fonts[face]} fill="white">&#${first + index};</text>`)
    .join('');
  const size = `width="${cells.length * cell.width}" height="${cell.height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="black"/>${text}</svg>`;
  return sharp(Buffer.from(svg)).greyscale().png({ palette: true, colours: 16, compressionLevel: 9 }).toBuffer();
}
