import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { breach, measureTree } from './watch.ts';

const bounds = { ramMb: 100, writtenBytes: 1_000, folder: null, folderBytes: 50 };

describe('breach', () => {
  it.each([
    [{ ramMb: 100, writtenBytes: 1_000 }, 50, null],
    [{ ramMb: 101, writtenBytes: 0 }, 0, 'memory'],
    [{ ramMb: 1, writtenBytes: 1_001 }, 0, 'disk'],
    [{ ramMb: 1, writtenBytes: 0 }, 51, 'disk'],
  ] as const)('S6: %o with %d bytes in its folder is %s', (usage, folderBytes, expected) => {
    expect(breach(usage, folderBytes, bounds)).toBe(expected);
  });
});

describe('measureTree', () => {
  it('S8: counts the memory of children of children', async () => {
    const hog = 'const b = Buffer.alloc(120 * 2 ** 20, 1); process.stdout.write("full"); setInterval(() => b, 1000)';
    const nested = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(hog)}], { stdio: "inherit" })`;
    const child = spawn(process.execPath, ['-e', nested], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      const usage = await measureTree(pid);
      // Only Linux tells of descendants; elsewhere the sandbox is one process.
      expect(usage.ramMb).toBeGreaterThan(process.platform === 'linux' ? 130 : 5);
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
  });

  it('a process that is gone counts nothing', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect((await measureTree(child.pid ?? 0)).ramMb).toBe(0);
  });
});
