import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { packageRoot, resourcePath } from '../src/platform/paths.ts';
import { icnsFile, icoFile } from './package/icons.ts';

/** `node scripts/icons.ts`: draws the app's icons for every platform from the interface's own. */
const mark = readFileSync(join(packageRoot(), 'src', 'renderer', 'icon.svg'), 'utf8');
const shapes = mark.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<\/?svg[^>]*>/g, '');
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="1024" height="1024">
  <style>rect { fill: #eeece5 } .ground { fill: #1b1a16 }</style>
  <rect class="ground" x="1" y="1" width="22" height="22" rx="5"/>
  <g transform="translate(5.2 5.2) scale(.85)">${shapes}</g>
</svg>`;

const picture = async (size: number) => ({
  size,
  png: await sharp(Buffer.from(drawing)).resize(size).png({ compressionLevel: 9 }).toBuffer(),
});
const pictures = (sizes: readonly number[]) => Promise.all(sizes.map(picture));

const folder = resourcePath('icons');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'icon.png'), (await picture(512)).png);
writeFileSync(join(folder, 'icon.ico'), icoFile(await pictures([16, 24, 32, 48, 64, 128, 256])));
writeFileSync(join(folder, 'icon.icns'), icnsFile(await pictures([128, 256, 512, 1024])));
