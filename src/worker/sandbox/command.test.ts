import { describe, expect, it } from 'vitest';
import { sandboxCommand } from './command.ts';

const plan = {
  deno: '/opt/deno',
  runner: '/opt/runner.js',
  importMap: '/data/import-map.json',
  denoDir: '/tmp/job/deno',
  heapMb: 100,
  cpuSeconds: 70,
  diskBytes: 1_000,
  processors: [0, 2],
};
const needed = [
  '--no-prompt',
  '--no-remote',
  '--no-npm',
  '--cached-only',
  '--no-config',
  '--no-lock',
  '--deny-import',
  '--no-check',
];

describe('sandboxCommand', () => {
  it('S6: Deno gets every flag, no permission, and the runner as its root module', () => {
    const { file, args, env } = sandboxCommand(plan, {});
    expect(file).toBe('/opt/deno');
    expect(args).toEqual(expect.arrayContaining([...needed, '--v8-flags=--max-old-space-size=100']));
    expect(args.at(-1)).toBe('/opt/runner.js');
    expect(args.filter((argument) => /^(-A|-P|--allow)/.test(argument))).toEqual([]);
    expect(env).toEqual({ DENO_DIR: '/tmp/job/deno', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' });
  });

  it('S6: with bubblewrap nothing of the machine but Deno, its libraries and the runner is there', () => {
    const { file, args, env } = sandboxCommand(plan, { bwrap: '/usr/bin/bwrap' });
    expect(file).toBe('/usr/bin/bwrap');
    expect(args).toEqual(expect.arrayContaining(['--unshare-all', '--die-with-parent', '--clearenv', '--tmpfs']));
    expect(args.filter((argument) => argument === '--bind')).toEqual([]);
    expect(args.at(-1)).toBe('/runner.js');
    expect(env).toEqual({});
  });

  it('S8: binds to the shared processors, and dies with the worker', () => {
    const { file, args } = sandboxCommand(plan, { setpriv: '/s', prlimit: '/p', taskset: '/t' });
    expect([file, ...args].slice(0, 13)).toEqual([
      ...['/s', '--pdeathsig', 'KILL', '--'],
      ...['/p', '--core=0', '--nofile=256', '--cpu=70', '--fsize=1000', '--'],
      ...['/t', '--cpu-list', '0,2'],
    ]);
  });
});
