/**
 * Makes scanned receipts for the sample flow, the same ones for the same seed:
 *
 *     npm run samples                                  the committed set, resources/samples/receipts
 *     npm run samples -- --count 200 --out DIR         more of them, elsewhere
 *     npm run samples -- --glyphs                      draws the letters anew (needs the fonts)
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatAmount, makeReceipt } from './receipts/content.ts';
import { drawGlyphs, faces, loadGlyphs } from './receipts/glyphs.ts';
import { type Glyphs, makeScan, scanReceipt } from './receipts/paper.ts';
import { seededRandom } from './receipts/random.ts';

const samples = fileURLToPath(new URL('../resources/samples', import.meta.url));
const committed = { count: 24, seed: 2026, folder: join(samples, 'receipts') };

/** What stands on a sample receipt; `total` as printed, for example `21.80`. */
export interface ExpectedReceipt {
  file: string;
  shop: string;
  date: string;
  currency: string;
  total: string;
}

/** Writes `count` receipts and `expected.json` into a folder; one receipt does not depend on how many there are. */
export async function writeReceipts(folder: string, count: number, seed: number): Promise<ExpectedReceipt[]> {
  await mkdir(folder, { recursive: true });
  const strips = await Promise.all(faces.map(async (face) => [face, await loadGlyphs(join(samples, 'glyphs'), face)]));
  const glyphs = Object.fromEntries(strips) as Glyphs;
  const expected: ExpectedReceipt[] = [];
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed * 100_003 + index);
    const receipt = makeReceipt(random);
    const file = `receipt-${String(index + 1).padStart(3, '0')}.jpg`;
    await writeFile(join(folder, file), await scanReceipt(receipt, makeScan(random, index), glyphs, random));
    const { shop, date, currency } = receipt;
    expected.push({ file, shop, date, currency, total: formatAmount(receipt.totalCents) });
  }
  await writeFile(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
  return expected;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: String(committed.count) },
      seed: { type: 'string', default: String(committed.seed) },
      out: { type: 'string', default: committed.folder },
      glyphs: { type: 'boolean', default: false },
    },
  });
  if (values.glyphs) {
    for (const face of faces) await writeFile(join(samples, 'glyphs', `${face}.png`), await drawGlyphs(face));
  }
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 100_000)
    throw new RangeError('--count is a whole number from 1 to 100000');
  const written = await writeReceipts(values.out, count, Number(values.seed));
  console.log(`${written.length} receipts in ${values.out}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
