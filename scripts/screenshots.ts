/** Lays the pictures that the end-to-end tests took into docs/screenshots, small: `npm run screenshots` after `npm test`. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../src/platform/paths.ts';

const from = join(packageRoot(), 'test-results', 'screenshots');
const to = join(packageRoot(), 'docs', 'screenshots');
const width = 1200;

await mkdir(to, { recursive: true });
for (const name of (await readdir(from)).filter((file) => file.endsWith('.png'))) {
  const { size } = await sharp(join(from, name))
    .resize({ width, withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toFile(join(to, name));
  console.log(`${name} ${Math.round(size / 1024)} kB`);
}
