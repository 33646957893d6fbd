import { expect, test } from 'vitest';
import { scoreOf } from './command-palette.tsx';

test('interface.md palette: finds by every word that was typed, and by no accident of letters', () => {
  expect(scoreOf('rack-2 node-1', 'rack')).toBe(1);
  expect(scoreOf('Track parcels flow-1', 'rack')).toBe(0.5);
  expect(scoreOf('Read a stack of scanned receipts flow-1', 'rack')).toBe(0);
  expect(scoreOf('Run 214 run-1', '214 receipts', ['Read a stack of receipts'])).toBe(1);
});
