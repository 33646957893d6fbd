import { describe, expect, test } from 'vitest';
import expected from '../../../resources/samples/receipts/expected.json' with { type: 'json' };
import findTotals from '../../../resources/samples/receipts/find-totals.ts';
import readTexts from './fixtures/read-texts.json' with { type: 'json' };
import { receiptsFlow } from './receipts-flow.ts';

const one = (text: string) => findTotals({ texts: [text] })[0];

describe('sample (a), find totals', () => {
  test('every receipt that comes with the program, as the model read it', () => {
    const texts = new Map(Object.entries(readTexts));
    const rows = findTotals({
      texts: expected.map(({ file }) => texts.get(file)),
      images: expected.map(({ file }) => ({ name: file })),
    });
    expect(rows).toEqual(expected.map((row) => ({ ...row, total: Number(row.total) })));
  });

  test.each([
    ['TOTAL EUR 21.80', 21.8],
    ['T0TAL EUR 21,80', 21.8],
    ['TOTAL CHF-12.70', 12.7],
    ['TOTA1 EUR 1 234.50', 1234.5],
    ['TOTAL EUR 1.234,50', 1234.5],
    ['TOTAL EUR 2O.8O', 20.8],
    ['TOTAL EUR\n19.90', 19.9],
    ['SUBTOTAL 9.00\nTOTAL 10.00', 10],
    ['Net amount 8.00\nTax 20% 1.60\nT@T4L', 9.6],
    ['TOTAL EUR', null],
    ['', null],
  ])('the total of %j is %j', (text, total) => expect(one(text)?.total).toBe(total));

  test.each([
    ['Date 2026-04-26 18:47', '2026-04-26'],
    ['Date 26/04/2026 20:45', '2026-04-26'],
    ['Date 9.1.2026', '2026-01-09'],
    ['Date 2O26-04-26', '2026-04-26'],
    ['Date 31/31/2026', ''],
    ['Receipt 2026', ''],
  ])('the date of %j is %j', (text, date) => expect(one(text)?.date).toBe(date));

  test('an item that failed (null) and text without sense give an empty row, not an error', () => {
    expect(findTotals({ texts: [null, '%%%'] })).toEqual([
      { file: 'receipt 1', shop: '', date: '', currency: '', total: null },
      { file: 'receipt 2', shop: '', date: '', currency: '', total: null },
    ]);
  });

  test('the flow has the five steps of the sample, and names only its own', () => {
    const { steps, edges } = receiptsFlow([], 'export default () => null;');
    const ids = steps.map((step) => step.id);
    expect(steps.map((step) => step.type)).toEqual(['input', 'map', 'read_text', 'code', 'output']);
    expect(edges.flatMap((edge) => [edge.from.step, edge.to.step]).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
