import { expect, test } from 'vitest';
import { createShare } from './sharing.ts';

test('equal values are one; others, long ones and plain ones stay what they are', () => {
  const share = createShare();
  const first = share({ model: 'A CPU', cores: 8 });
  expect(share({ model: 'A CPU', cores: 8 })).toBe(first);
  const other = { model: 'A CPU', cores: 16 };
  expect([share(other), share('text'), share(null), share(undefined)]).toEqual([other, 'text', null, undefined]);
  const drives = () => Array.from({ length: 100 }, (_, index) => ({ mount: `/${index}`, free_gb: index }));
  const long = drives();
  share(long);
  expect(share(drives())).not.toBe(long);
});

test('S10: no more than a thousand are remembered, whatever nodes say', () => {
  const share = createShare();
  const first = share({ cores: -1 });
  for (let cores = 0; cores < 999; cores += 1) share({ cores });
  expect(share({ cores: -1 })).toBe(first);
  share({ cores: 999 });
  expect(share({ cores: -1 })).not.toBe(first);
});
