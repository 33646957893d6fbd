/** The command line as a person uses it: each command a process of its own, on a real host. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { joinNode, type RunningHost, startHost, temporaryFolder } from './harness/host.ts';
import { isAlive, waitFor } from './harness/processes.ts';

const launcher = join(import.meta.dirname, '../bin/otherthing.js');
const data = temporaryFolder('cli');
const files = temporaryFolder('cli-files');
let host: RunningHost;

beforeAll(async () => {
  host = await startHost(data.path);
});
afterAll(async () => {
  await host?.process.stop();
  data.remove();
  files.remove();
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, on the data folder of the host. */
function otherthing(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      env: { ...process.env, OTHERTHING_DATA: data.path },
      timeout: 60_000,
    });
    const ended = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.stderr += text;
    });
    child.once('close', (code) => resolve({ code, ...ended }));
  });
}

const greeting = {
  schema: 'otherthing.flow/1',
  name: 'Greeting',
  steps: [
    { id: 'name', type: 'input', name: 'Name', position: { x: 0, y: 0 }, config: { name: 'name', type: 'text' } },
    {
      id: 'greet',
      type: 'template',
      name: 'Greet',
      position: { x: 200, y: 0 },
      config: { text: 'Hello {{ inputs.name }}' },
    },
    { id: 'out', type: 'output', name: 'Out', position: { x: 400, y: 0 }, config: { name: 'greeting' } },
  ],
  edges: [{ id: 'a', from: { step: 'greet', port: 'text' }, to: { step: 'out', port: 'value' } }],
  groups: [],
  notes: [],
  settings: {},
};

function writeFlow(name: string, content: unknown): string {
  const path = join(files.path, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('otherthing', () => {
  test('--version and --help', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
    expect((await otherthing('--version')).stdout.trim()).toBe(version);
    expect((await otherthing('--help')).stdout).toMatch(/host.*join.*run.*status.*link/s);
  });

  test('link prints a link that signs in, once', async () => {
    const { stdout, code } = await otherthing('link');
    expect(code).toBe(0);
    const link = new URL(stdout.trim());
    expect(link.origin).toBe(host.url);
    const signIn = () =>
      fetch(`${host.url}/api/v1/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: link.hash.replace('#code=', '') }),
      });
    expect((await signIn()).status).toBeLessThan(300);
    expect((await signIn()).status).toBe(401);
  });

  test('status names the host, its workspaces and nodes', async () => {
    const online = async () => (await otherthing('status')).stdout.includes('online');
    await waitFor('the embedded worker to be online', online);
    const { stdout } = await otherthing('status');
    expect(stdout).toContain(`Host ${host.url}`);
    expect(stdout).toContain(`My workspace (${host.workspaceId})`);
  });

  test('run --follow prints progress to stderr and the outputs to stdout', async () => {
    const flow = writeFlow('greeting.json', greeting);
    const { stdout, stderr, code } = await otherthing('run', flow, '--input', 'name=Ada', '--follow');
    expect(stderr).toMatch(/Run \d+ of "Greeting".* has started/);
    expect(stderr).toMatch(/✓ Greet/);
    expect(stderr).toMatch(/Run \d+ succeeded/);
    expect(JSON.parse(stdout)).toEqual({ greeting: 'Hello Ada' });
    expect(code).toBe(0);
  });

  test('S10: bad flows are refused with what is wrong, and nothing runs', async () => {
    const typeless = { ...greeting, steps: [{ ...greeting.steps[0], type: 'teleport' }], edges: [] };
    const cases: [flow: string, said: RegExp][] = [
      [writeFlow('not.json', '{"schema":'), /is not JSON/],
      [writeFlow('other.json', { ...greeting, schema: 'otherthing.flow/9' }), /is no flow: \/schema/],
      [writeFlow('teleport.json', typeless), /teleport/],
      [join(files.path, 'none.json'), /cannot be read/],
      ['flow-unknown', /nothing here/],
    ];
    for (const [flow, said] of cases) {
      const { stdout, stderr, code } = await otherthing('run', flow);
      expect(stderr).toMatch(said);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stdout).toBe('');
      expect(code).toBe(1);
    }
  });

  test('an input that the flow does not have is named', async () => {
    const { stderr, code } = await otherthing('run', writeFlow('greeting.json', greeting), '--input', 'nom=Ada');
    expect(stderr).toContain('The flow has no input "nom". There are: name');
    expect(code).toBe(1);
  });

  test('a second host on the same data folder is refused with the address of the first', async () => {
    const { stderr, code } = await otherthing('host', '--port', '0');
    expect(stderr).toContain(`already: ${host.url}`);
    expect(code).toBe(1);
  });

  test('a port that is taken is said to be', async () => {
    const elsewhere = folderOfTest('cli-port');
    const { stderr, code } = await otherthing('host', '--data', elsewhere, '--port', new URL(host.url).port);
    expect(stderr).toContain('EADDRINUSE');
    expect(code).toBe(1);
  });

  test('join --host prints a share key with which the node is added', async () => {
    const folder = temporaryFolder('cli-node');
    const node = await joinNode(host, folder.path);
    try {
      const printed = await waitFor(
        'the share key',
        () => /Share key\s+(\S{4}-\S{4})/.exec(node.process.output())?.[1],
      );
      expect(printed).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    } finally {
      await node.process.stop();
      folder.remove();
    }
  });
});

/** A host for one test on a folder of its own: both are gone after it, however it ends. */
async function hostOnFolder(folder: string, ...args: string[]): Promise<RunningHost> {
  const started = await startHost(folder, args);
  onTestFinished(() => started.process.stop());
  return started;
}

function folderOfTest(name: string): string {
  const { path, remove } = temporaryFolder(name);
  onTestFinished(remove);
  return path;
}

describe('the life of a host', () => {
  test('killed with -9 its services end by themselves, and the next start takes over their data folder', async () => {
    const folder = folderOfTest('cli-kill');
    const first = await hostOnFolder(folder);
    const orchestrator = first.orchestratorPid();
    first.process.child.kill('SIGKILL');
    const second = await hostOnFolder(folder);
    await waitFor('the old orchestrator to be gone', () => !isAlive(orchestrator));
    expect(second.workspaceId).toBe(first.workspaceId);
    await waitFor('the worker to be back', () => second.process.output().includes('This machine is a node'), 60_000);
    await second.process.stop();
    expect(existsSync(join(folder, 'host.json'))).toBe(false);
  });

  test('a killed orchestrator is started again at the same address, with the same token', async () => {
    const running = await hostOnFolder(folderOfTest('cli-restart'), '--no-worker');
    const before = running.orchestratorPid();
    process.kill(before, 'SIGKILL');
    const answers = () =>
      running.client
        .call('listWorkspaces', {})
        .then(() => running.orchestratorPid() !== before)
        .catch(() => false);
    await waitFor('the orchestrator to answer again', answers);
    expect(running.process.output()).toContain('The orchestrator stopped: it ended with SIGKILL. Starting it again');
  });

  test('issue 4: a damaged database is set aside; what is where and the way out are said once, at every start', async () => {
    const folder = folderOfTest('cli-damaged');
    const first = await hostOnFolder(folder, '--no-worker');
    await first.process.stop();
    const database = join(folder, 'otherthing.db');
    const bytes = readFileSync(database);
    for (let page = 1; page < 40; page += 1) bytes.fill('A', page * 4096 + 50, page * 4096 + 750);
    writeFileSync(database, bytes);
    for (const said of ['The damaged database is now', 'The database was set aside as']) {
      const { stderr, code } = await otherthing('host', '--data', folder, '--port', '0', '--no-worker');
      expect(code).toBe(1);
      expect(stderr.split('The database is damaged')).toHaveLength(2);
      expect(stderr).toContain(said);
      expect(stderr).toContain('otherthing restore FOLDER');
      expect(stderr).toContain('To start empty, move that file elsewhere');
    }
    const aside = readdirSync(folder).filter((name) => name.startsWith('otherthing.db.damaged-'));
    expect(readFileSync(join(folder, aside[0] ?? '')).equals(bytes)).toBe(true);
  });
});
