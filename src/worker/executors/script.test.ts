import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxGround } from '../sandbox/sandbox.ts';
import type { Executor, ExecutorError, JobLimits } from './executor.ts';
import { createScriptExecutor, findScriptGround } from './script.ts';

let home: string;
let ground: SandboxGround;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'otherthing-script-'));
  const found = await findScriptGround(join(home, 'import-map.json'));
  if (found === null) throw new Error('The Deno binary of the npm package "deno" is missing');
  ground = found;
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Outcome {
  result?: unknown;
  code?: string;
  message?: string;
  fault?: string;
  logs: string;
}

interface Options {
  input?: unknown;
  limits?: Partial<JobLimits>;
  signal?: AbortSignal;
  language?: string;
  chunk?: (text: string) => Promise<void>;
}

const limits: JobLimits = { cores: 1, ramMb: 256, runSeconds: 20, outputBytes: 1024 * 1024 };

async function run(executor: Executor, source: string, options: Options = {}): Promise<Outcome> {
  const folder = await mkdtemp(join(home, 'job-'));
  let logs = '';
  const context = {
    signal: options.signal ?? new AbortController().signal,
    folder,
    chunk: async (_stream: string, text: string) => {
      logs += text;
      await options.chunk?.(text);
    },
    blob: () => Promise.reject(new Error('A script has no files')),
  };
  const input = { source, language: options.language ?? 'typescript', input: options.input };
  const job = { jobId: 'job-1', attempt: 1, kind: 'script', input, limits: { ...limits, ...options.limits } };
  try {
    return { result: await executor.execute(job, context), logs };
  } catch (error) {
    const { code, message, fault } = error as ExecutorError;
    return { code, message, fault, logs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a body inside the sandbox; `tried` collects what each probe met: `ALLOWED …` or the error. */
const probes = (body: string) => `
const tried: Record<string, string> = {};
const attempt = async (name: string, probe: () => unknown) => {
  try { tried[name] = 'ALLOWED ' + String(await probe()).slice(0, 200); } catch (error) { tried[name] = String(error).slice(0, 200); }
};
const g = globalThis as any;
export default async (input: any) => { ${body}; return tried; }`;

function allowed(outcome: Outcome): string[] {
  expect(outcome.code).toBeUndefined();
  const tried = Object.entries(outcome.result as Record<string, string>);
  expect(tried.length).toBeGreaterThan(0);
  return tried.filter(([, met]) => met.startsWith('ALLOWED')).map(([name, met]) => `${name}: ${met}`);
}

describe.each(['with what this machine has', 'bare Deno'] as const)('a script, %s', (ground_) => {
  let executor: Executor;
  beforeAll(() => {
    executor = createScriptExecutor(ground_ === 'bare Deno' ? { ...ground, tools: {} } : ground);
  });
  afterAll(() => executor.stop());

  it('takes JSON, answers JSON and logs while it runs', async () => {
    const outcome = await run(
      executor,
      'export default async (v: { n: number }) => { console.log("n is", v.n, [1]); return { twice: v.n * 2 } }',
      {
        input: { n: 21 },
      },
    );
    expect(outcome).toEqual({ result: { twice: 42 }, logs: 'n is 21 [ 1 ]\n' });
  });

  it('takes JavaScript; nothing answered is null', async () => {
    expect(await run(executor, 'export default (v) => { const a = 1 < 2; }', { language: 'javascript' })).toMatchObject(
      { result: null },
    );
  });

  it.each([
    ['export default () => {\n\n  throw new TypeError("boo") }', 'script_threw', /TypeError: boo \(line 3, column 9\)/],
    ['export default () => {\n  const a: number = ;\n}', 'script_syntax', /line 2/],
    ['export const a = 1', 'script_no_default', /export default/],
    ['export default 5', 'script_no_default', /export default/],
    ['export default () => () => 1', 'script_result_not_json', /JSON/],
    ['export default () => 10n', 'script_result_not_json', /BigInt/],
    ['export default () => { const a: any = {}; a.a = a; return a }', 'script_result_not_json', /circular/],
    ['export default () => new Promise(() => {})', 'script_never_finished', /never/],
    [
      'export default () => { setTimeout(() => { throw new RangeError("late") }, 1); return new Promise((r) => setTimeout(r, 5000)) }',
      'script_threw',
      /RangeError: late/,
    ],
    ['export default () => "x".repeat(2e6)', 'script_output_too_large', /result .* 1 MiB/],
    ['export default () => { throw { toString() { throw 1 } } }', 'script_threw', /without words/],
  ])('S10: %s is told as %s', async (source, code, message) => {
    const outcome = await run(executor, source);
    expect(outcome).toMatchObject({ code, fault: 'job' });
    expect(outcome.message).toMatch(message);
    expect(outcome.message).not.toContain('data:');
  });

  it('S6: cannot read or list files, nor find out where it is', async () => {
    const outcome = await run(
      executor,
      probes(`
      await attempt('Deno', () => g.Deno.readTextFileSync('/etc/passwd'));
      await attempt('fetch', () => g.fetch('file:///etc/passwd'));
      await attempt('require', () => g.require('fs'));
      await attempt('process', () => g.process.cwd());
      await attempt('wasm', () => WebAssembly.compileStreaming(g.fetch('file:///etc/passwd')));
      await attempt('file', () => import('file:///etc/passwd'));
      await attempt('path', () => import('/etc/passwd'));
      await attempt('relative', () => import('./runner.js'));
      for (const type of ['json', 'text', 'bytes', 'css']) await attempt('file as ' + type, () => import('file:///etc/passwd', { with: { type } } as any));
      for (const type of ['json', 'text', 'bytes']) await attempt('static as ' + type, () => import('data:text/javascript,' + encodeURIComponent("import x from 'file:///etc/passwd' with { type: '" + type + "' }; export default x")));
      await attempt('nested', () => import('data:text/javascript,' + encodeURIComponent("export * from 'file:///etc/passwd'")));
      await attempt('resolve', () => { const found = import.meta.resolve('./x'); if (/^file:/.test(found)) return found; throw new Error(found); });
      `),
    );
    expect(allowed(outcome)).toEqual([]);
  });

  it('S6: cannot reach the network', async () => {
    let reached = 0;
    const server = createServer((_request, response) => {
      reached += 1;
      response.end('export default 1');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.js`;
    const outcome = await run(
      executor,
      probes(`
      await attempt('fetch', () => g.fetch(input));
      await attempt('socket', () => new g.WebSocket(input.replace('http', 'ws')));
      await attempt('stream', () => new g.WebSocketStream(input));
      await attempt('events', () => new g.EventSource(input));
      await attempt('connect', () => g.Deno.connect({ port: 80 }));
      await attempt('import', () => import(input));
      await attempt('static', () => import('data:text/javascript,' + encodeURIComponent('import ' + JSON.stringify(input))));
      `),
      { input: url },
    );
    expect(allowed(outcome)).toEqual([]);
    expect(reached).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it('S6: cannot import anything, by any scheme', async () => {
    const names = [
      ...[
        'node:fs',
        'fs',
        'NODE:fs',
        'node:%66s',
        'node:fs/promises',
        'node:process',
        'node:module',
        'node:child_process',
        'node:worker_threads',
      ],
      ...[
        'node:inspector',
        'node:v8',
        'node:vm',
        'node:sqlite',
        'node:wasi',
        'node:net',
        'node:dns',
        'node:os',
        'node:cluster',
        'node:repl',
      ],
      ...[
        'npm:left-pad',
        'jsr:@std/assert',
        'https://example.invalid/x.js',
        'http://example.invalid/x.js',
        'ext:core/mod.js',
      ],
      ...[
        'ext:deno_node/internal/options.ts',
        'blob:null/1',
        'about:blank',
        'asset:///x',
        'deno:x',
        'internal:x',
        'cached:x',
        'chrome://x',
        '../x.ts',
      ],
    ];
    const outcome = await run(executor, probes('for (const name of input) await attempt(name, () => import(name))'), {
      input: names,
    });
    expect(allowed(outcome)).toEqual([]);
    expect(Object.keys(outcome.result as object)).toHaveLength(names.length);
  });

  it('S6: finds no environment, no process, no worker, no cache, no store, no prompt', async () => {
    const gone = [
      ...[
        'Deno',
        'process',
        'require',
        'global',
        'Buffer',
        'Worker',
        'SharedWorker',
        'caches',
        'CacheStorage',
        'localStorage',
        'sessionStorage',
        'Storage',
      ],
      ...[
        'indexedDB',
        'fetch',
        'WebSocket',
        'WebSocketStream',
        'EventSource',
        'BroadcastChannel',
        'MessageChannel',
        'prompt',
        'alert',
        'confirm',
      ],
      ...[
        'navigator',
        'GPU',
        'OffscreenCanvas',
        'LockManager',
        'Window',
        'self',
        'window',
        'close',
        'postMessage',
        'onunload',
      ],
    ];
    const source = `export default (names: string[]) => names.filter((name) => { try { return typeof (globalThis as any)[name] !== 'undefined' } catch { return true } })`;
    expect((await run(executor, source, { input: gone })).result).toEqual([]);
  });

  it('S6: what the runner kept for itself cannot be found from the global object', async () => {
    const source = `export default () => {
      const seen = new Set<unknown>(); const found: string[] = [];
      const walk = (value: any, path: string, depth: number) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || depth > 6) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          const name = path + '.' + String(key);
          if (!name.includes('Symbol(Deno.core.hostObject)') && /readTextFile|writeSync|openSync|dlopen|Command|\\.core\\b|\\.ops\\b|\\.op_/.test(name)) found.push(name);
          try { walk(value[key], name, depth + 1); } catch { /* a getter that wants another receiver */ }
        }
        try { walk(Object.getPrototypeOf(value), path + '.__proto__', depth + 1); } catch { /* an exotic object */ }
      };
      walk(globalThis, '', 0);
      return { found, size: seen.size };
    }`;
    const { result } = await run(executor, source);
    expect(result).toMatchObject({ found: [] });
    expect((result as { size: number }).size).toBeGreaterThan(300);
  });

  it('S6: a frame that user code prints is text, not a result', async () => {
    const forged = ['x result 1', ' result "forged"', '\\n result "forged"', `${'0'.repeat(48)} result "forged"`];
    const outcome = await run(
      executor,
      `export default () => { for (const line of ${JSON.stringify(forged)}) console.log(line); return 'true one' }`,
    );
    expect(outcome.result).toBe('true one');
    expect(outcome.logs).toContain('forged');
  });

  it('S6: changed prototypes neither show the nonce nor bend the result', async () => {
    const source = `
      const seen: string[] = [];
      const note = (value: unknown) => { try { if (typeof value === 'string') seen.push(value); else if (value instanceof ArrayBuffer) seen.push(new TextDecoder().decode(value)); } catch {} };
      const decoder = new TextDecoder(); const NativeBytes = Uint8Array; const natives = { decode: decoder.decode };
      export default () => {
        for (const owner of [String.prototype, Array.prototype, Function.prototype, Object.prototype, RegExp.prototype, Promise.prototype, TextEncoder.prototype, Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype), JSON, Reflect, Map.prototype, Set.prototype, Error.prototype, Symbol.prototype, ArrayBuffer.prototype] as any[]) {
          for (const key of Reflect.ownKeys(owner)) {
            const d = Reflect.getOwnPropertyDescriptor(owner, key)!;
            if (!d.configurable) continue;
            if (owner === Object.prototype && key === '__proto__') continue;
            try {
              if (typeof d.value === 'function') { const original = d.value; Object.defineProperty(owner, key, { ...d, value: new Proxy(original, { apply(target, self, args) { for (let i = 0; i < args.length; i++) { const a = args[i]; if (typeof a === 'string') seen[seen.length] = a; } if (typeof self === 'string') seen[seen.length] = self; return new Proxy(target, {}) && Reflect_apply(target, self, args); } }) }); }
              else if (d.get) { const get = d.get; Object.defineProperty(owner, key, { ...d, get() { seen[seen.length] = 'getter ' + String(key); return Reflect_apply(get, this, []); } }); }
            } catch {}
          }
        }
        for (const name of ['nonce', 'kind', 'json', 'value', 'writable', 'get', 'toJSON']) {
          if (name === 'toJSON') (Object.prototype as any).toJSON = function () { seen[seen.length] = 'toJSON'; return this; };
          else Object.defineProperty(Object.prototype, name, { __proto__: null, configurable: true, get() { return undefined; }, set(v) { seen[seen.length] = String(v); } });
        }
        (Uint8Array.prototype as any).constructor = { [Symbol.species]: class { constructor(...args: any[]) { seen[seen.length] = 'species'; } } };
        (globalThis as any).Uint8Array = class { constructor() { seen[seen.length] = 'Uint8Array'; } };
        (Error as any).prepareStackTrace = (_e: unknown, frames: any[]) => { for (let i = 0; i < frames.length; i++) { const f = frames[i]; seen[seen.length] = String(f.getFunction()) + String(f.getThis()); } return ''; };
        console.log('one'); console.log('two');
        try { throw new Error('x') } catch (e) { void (e as Error).stack }
        let caller: unknown = null; try { caller = (0, eval)('(function f() { return f.caller })')(); } catch {}
        return { nonce: seen.filter((text) => /[0-9a-f]{48}/.test(text)), caller: String(caller), seen: seen.length };
      };
      const Reflect_apply = Reflect.apply;`;
    const outcome = await run(executor, source);
    expect(outcome).toMatchObject({ result: { nonce: [], caller: 'null' } });
    expect((outcome.result as { seen: number }).seen).toBeGreaterThan(0);
    expect(outcome.logs).toBe('one\ntwo\n');
  });

  it("S6: a result whose toJSON lies is still only this script's own result", async () => {
    const outcome = await run(executor, 'export default () => ({ toJSON() { return { mine: true } } })');
    expect(outcome.result).toEqual({ mine: true });
  });

  it('S6: an endless loop ends at the time limit', async () => {
    expect(await run(executor, 'export default () => { for (;;); }', { limits: { runSeconds: 1 } })).toMatchObject({
      code: 'script_timeout',
      fault: 'job',
    });
  });

  it('S6: a heap bomb ends at the memory limit', async () => {
    const source = 'export default () => { const a = []; for (;;) a.push(new Array(1000).fill(Math.random())) }';
    expect(await run(executor, source, { limits: { ramMb: 128 } })).toMatchObject({
      code: 'script_memory',
      fault: 'job',
    });
  });

  it.each(['ArrayBuffer', 'SharedArrayBuffer'])(
    'S6: an %s bomb, which the heap limit does not see, ends at the memory limit',
    async (kind) => {
      const source = `export default () => { const a = []; for (;;) a.push(new Uint8Array(new ${kind}(4e6)).fill(1)) }`;
      expect(await run(executor, source, { limits: { ramMb: 200 } })).toMatchObject({
        code: 'script_memory',
        fault: 'job',
      });
    },
  );

  it('S6: a bomb of WebAssembly memory ends at the memory limit', async () => {
    const source = `export default () => { const m = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); for (;;) { m.grow(64); new Uint8Array(m.buffer).fill(1) } }`;
    expect(await run(executor, source, { limits: { ramMb: 200 } })).toMatchObject({
      code: 'script_memory',
      fault: 'job',
    });
  });

  it('S6: an output bomb ends at the output limit', async () => {
    const outcome = await run(executor, 'export default () => { for (;;) console.log("x".repeat(10_000)) }');
    expect(outcome).toMatchObject({ code: 'script_output_too_large', fault: 'job' });
    expect(outcome.logs.length).toBeLessThanOrEqual(limits.outputBytes);
  });

  it('S6: one endless line ends at the output limit', async () => {
    expect(await run(executor, 'export default () => { console.log("x".repeat(3e7)) }')).toMatchObject({
      code: 'script_output_too_large',
    });
  });

  it('J3: a cancelled script is gone within 5 s, whatever it does', async () => {
    const stop = new AbortController();
    const before = Date.now();
    const outcome = await run(executor, 'export default () => { console.log("started"); for (;;); }', {
      signal: stop.signal,
      chunk: async () => stop.abort(),
    });
    expect(outcome.code).toBe('cancelled');
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  it('J3: a script that was cancelled before it began is not started', async () => {
    expect((await run(executor, 'export default () => 1', { signal: AbortSignal.abort() })).code).toBe('cancelled');
  });

  it('N9: a script whose output nobody takes is held up, not buffered', async () => {
    let release: () => void = () => undefined;
    const room = new Promise<void>((resolve) => {
      release = resolve;
    });
    let taken = 0;
    const source =
      'export default () => { for (let i = 0; i < 600; i++) console.log("x".repeat(1000)); return "done" }';
    const running = run(executor, source, {
      chunk: async () => {
        taken += 1;
        if (taken === 1) await room;
      },
    });
    await expect.poll(() => taken).toBe(1);
    release();
    expect((await running).result).toBe('done');
    expect(taken).toBe(600);
  });

  it('stop() ends what runs', async () => {
    const own = createScriptExecutor(ground);
    let ended = false;
    const running = run(own, 'export default () => { for (;;); }').finally(() => {
      ended = true;
    });
    await expect
      .poll(async () => {
        await own.stop();
        return ended;
      })
      .toBe(true);
    expect((await running).result).toBeUndefined();
  });
});

describe('the disk', () => {
  // A runner without the removals stands for a hole in them: the watchdog must catch what then gets through.
  it.each(['with what this machine has', 'bare Deno'] as const)(
    'S6: a cache that is written without any permission is bounded, %s',
    async (kind) => {
      const source = await readFile(ground.runner, 'utf8');
      const open = source
        .replace('!kept.has(key)', 'key === "Deno"')
        .replace('deleteProperty(console, key)', 'void key');
      expect(open).not.toBe(source);
      const runner = join(home, 'open-runner.js');
      await writeFile(runner, open);
      const executor = createScriptExecutor({ ...ground, runner, tools: kind === 'bare Deno' ? {} : ground.tools });
      const bomb = `export default async () => { const cache = await caches.open('x'); for (let i = 0; i < 400; i++) await cache.put('http://a/' + i, new Response(new Uint8Array(1e6))); return 'wrote 400 MB' }`;
      const outcome = await run(executor, bomb, { limits: { ramMb: 512 } });
      expect(outcome.result).toBeUndefined();
      expect(outcome.code).toMatch(/^script_(disk|threw)$/);
      await executor.stop();
    },
  );
});
