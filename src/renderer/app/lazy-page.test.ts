import { expect, test, vi } from 'vitest';
import { lazyPage } from './lazy-page.tsx';

const page = () => null;

test('interface.md speed: a page is loaded once, and a failed load is tried again', async () => {
  const load = vi.fn<() => Promise<{ Page: () => null }>>();
  load.mockRejectedValueOnce(new Error('the host is away')).mockResolvedValue({ Page: page });
  const lazy = lazyPage(load, 'Page');
  await expect(lazy.preload()).rejects.toThrow('away');
  await lazy.preload();
  await lazy.preload();
  expect(load).toHaveBeenCalledTimes(2);
});
