import { expect, test } from 'vitest';
import { usageTone } from './usage-bar.tsx';

test('interface.md: a drive is green under 70 %, yellow under 90 %, red above', () => {
  expect([0, 0.69, 0.7, 0.89, 0.9, 1].map(usageTone)).toEqual(['ok', 'ok', 'high', 'high', 'full', 'full']);
});
