import type { TextBox } from './boxes.ts';
import type { Picture } from './image.ts';

/** The height that the recogniser was trained on. */
export const lineHeight = 48;

/**
 * Cuts a slanted box out of a picture and lays it level, 48 pixels high, as the recogniser wants it: three planes, each
 * value (v / 255 − 0.5) / 0.5. Bilinear; outside the picture its edge goes on.
 */
export function cropLine(picture: Picture, box: TextBox, width: number, target: Float32Array): void {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const plane = width * lineHeight;
  for (let row = 0; row < lineHeight; row++) {
    const across = ((row + 0.5) / lineHeight - 0.5) * box.height;
    for (let column = 0; column < width; column++) {
      const along = ((column + 0.5) / width - 0.5) * box.width;
      const x = box.x + along * cos - across * sin - 0.5;
      const y = box.y + along * sin + across * cos - 0.5;
      const at = row * width + column;
      for (let channel = 0; channel < 3; channel++)
        target[channel * plane + at] = sample(picture, x, y, channel) / 127.5 - 1;
    }
  }
}

function sample({ pixels, width, height }: Picture, x: number, y: number, channel: number): number {
  const x0 = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const y0 = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const x1 = Math.min(width - 1, x0 + 1);
  const y1 = Math.min(height - 1, y0 + 1);
  const fx = Math.min(1, Math.max(0, x - x0));
  const fy = Math.min(1, Math.max(0, y - y0));
  const at = (px: number, py: number) => pixels[(py * width + px) * 3 + channel] ?? 255;
  return (at(x0, y0) * (1 - fx) + at(x1, y0) * fx) * (1 - fy) + (at(x0, y1) * (1 - fx) + at(x1, y1) * fx) * fy;
}
