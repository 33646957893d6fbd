/**
 * The command line of a sandboxed script (S6, S8), from the outside in; what the machine lacks is left out:
 *
 *   setpriv   the kernel kills the script when the worker dies
 *   prlimit   no core files; processor time and file size are bounded by the kernel
 *   taskset   only the processors that the node's owner shares
 *   bwrap     own namespaces (no network, no other processes), a file system that holds Deno and the runner only,
 *             and a memory file system of fixed size as DENO_DIR
 *   deno      no permission at all, the fixed runner as root module
 */
export interface SandboxTools {
  setpriv?: string;
  prlimit?: string;
  taskset?: string;
  bwrap?: string;
}

export interface SandboxPlan {
  deno: string;
  runner: string;
  importMap: string;
  /** The fresh DENO_DIR of the job; unused inside bubblewrap, which makes its own. */
  denoDir: string;
  heapMb: number;
  cpuSeconds: number;
  /** Bytes that the script may cause to be written to DENO_DIR. */
  diskBytes: number;
  processors?: readonly number[];
}

export interface SandboxCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
}

const permissionFlags = [
  '--quiet',
  '--no-prompt',
  '--no-remote',
  '--no-npm',
  '--cached-only',
  '--no-config',
  '--no-lock',
  '--deny-import',
  '--no-check',
  '--no-code-cache',
];

const inside = { deno: '/deno', runner: '/runner.js', importMap: '/import-map.json', denoDir: '/cache' };

export function sandboxCommand(plan: SandboxPlan, tools: SandboxTools): SandboxCommand {
  const confined = tools.bwrap !== undefined;
  const env = denoEnvironment(confined ? inside.denoDir : plan.denoDir);
  const [file, ...args] = [
    ...(tools.setpriv === undefined ? [] : [tools.setpriv, '--pdeathsig', 'KILL', '--']),
    ...(tools.prlimit === undefined ? [] : resourceLimits(tools.prlimit, plan)),
    ...(tools.taskset === undefined || plan.processors === undefined || plan.processors.length === 0
      ? []
      : [tools.taskset, '--cpu-list', plan.processors.join(',')]),
    ...(tools.bwrap === undefined ? [] : bubblewrap(tools.bwrap, plan, env)),
    ...denoCommand(confined ? { ...plan, ...inside } : plan),
  ] as [string, ...string[]];
  return { file, args, env: confined ? {} : env };
}

function denoEnvironment(denoDir: string): Record<string, string> {
  return { DENO_DIR: denoDir, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
}

function denoCommand(plan: Pick<SandboxPlan, 'deno' | 'runner' | 'importMap' | 'heapMb'>): string[] {
  const heap = `--v8-flags=--max-old-space-size=${plan.heapMb}`;
  return [plan.deno, 'run', ...permissionFlags, `--import-map=${plan.importMap}`, heap, plan.runner];
}

function resourceLimits(prlimit: string, plan: SandboxPlan): string[] {
  return [prlimit, '--core=0', '--nofile=256', `--cpu=${plan.cpuSeconds}`, `--fsize=${plan.diskBytes}`, '--'];
}

function bubblewrap(bwrap: string, plan: SandboxPlan, env: Record<string, string>): string[] {
  const libraries = ['/lib', '/lib64', '/usr/lib', '/usr/lib64'].flatMap((path) => ['--ro-bind-try', path, path]);
  const variables = Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
  return [
    bwrap,
    '--unshare-all',
    '--die-with-parent',
    '--clearenv',
    ...variables,
    ...libraries,
    ...['--ro-bind', plan.deno, inside.deno],
    ...['--ro-bind', plan.runner, inside.runner],
    ...['--ro-bind', plan.importMap, inside.importMap],
    ...['--size', String(plan.diskBytes), '--tmpfs', inside.denoDir],
    ...['--dev', '/dev', '--chdir', '/'],
    '--',
  ];
}
