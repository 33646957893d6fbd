/**
 * The workspace of the design's pictures, in the shapes of the model: seven nodes, seven flows, a run that is over and
 * one that goes on. It stands in for a host in tests of the pages, and is in no build.
 */
import type { FlowFile, FlowPicture } from '../../src/shared/model/flow.ts';
import type { Node } from '../../src/shared/model/node.ts';
import type { FlowSummary, RunDetail, RunSummary, StepDetail, StepInstance } from '../../src/shared/model/run.ts';
import type { Workspace } from '../../src/shared/model/workspace.ts';

/** When the pictures are taken: the page's clock is set to it. */
export const now = new Date(2026, 2, 12, 14, 31, 0).getTime();
const ago = (seconds: number) => now - seconds * 1000;

export const workspace: Workspace = {
  id: 'ws-01TIDEMARK',
  name: 'Tidemark',
  role: 'owner',
  createdAt: ago(9_000_000),
  archived: false,
  share_key: 'SAMP1E00',
  approveNodes: true,
  verifyShare: 0,
};

export const me = {
  user: { id: 'usr-01ANA', name: 'Ana Ruiz', hostAdmin: true, createdAt: ago(9_000_000) },
  host: { id: 'host-01', name: 'office-mini', version: '0.1.0', nodeId: 'node-ana' },
};

interface Spec {
  id: string;
  name: string;
  look: [colour: number, mark: number];
  owner: string;
  os: string;
  cpu: string;
  cores: number;
  ramGb: number;
  gpu?: [model: string, gb: number, count?: number];
  limits: Node['resourceLimits'];
  reserved: [cores: number, ramGb: number];
  running?: Node['running'];
  status?: Node['status'];
  available?: boolean;
  finished: [done: number, faults: number];
  waits?: boolean;
}

const job = (index: number, label: string, seconds: number): Node['running'][number] => ({
  jobId: `job-${index}`,
  kind: 'ocr',
  label,
  startedAt: ago(seconds),
  runId: 'run-215',
  stepId: 'read_text',
  path: `each_receipt[${index}]`,
});

const node = (spec: Spec): Node => ({
  id: spec.id,
  name: spec.name,
  colour: spec.look[0],
  mark: spec.look[1],
  status: spec.status ?? 'online',
  available: spec.available ?? true,
  capabilities: {
    node_id: spec.id,
    name: spec.name,
    os: spec.os,
    cpu: { model: spec.cpu, cores: spec.cores },
    memory: { total_mb: spec.ramGb * 1024 },
    gpus:
      spec.gpu === undefined
        ? []
        : Array.from({ length: spec.gpu[2] ?? 1 }, (_, index) => ({
            id: `gpu-${index}`,
            model: spec.gpu?.[0] ?? '',
            memory_mb: (spec.gpu?.[1] ?? 0) * 1024,
          })),
    drives: [
      { mount: 'C:', label: 'System', kind: 'NVMe', total_gb: 512, free_gb: 112 },
      { mount: 'D:', label: 'Data', kind: 'NVMe', total_gb: 2000, free_gb: 1180 },
      { mount: 'E:', label: 'Archive', kind: 'disk', total_gb: 4000, free_gb: 240 },
    ],
  },
  resourceLimits: spec.limits,
  remoteControlEnabled: false,
  executors: ['script', 'ocr'],
  version: '0.1.0',
  tags: spec.id === 'node-rack' ? ['office', 'always on'] : [],
  currentJobs: spec.running?.length ?? 0,
  running: spec.running ?? [],
  reserved: { cores: spec.reserved[0], ramMb: spec.reserved[1] * 1024 },
  workspaces: [{ id: workspace.id, name: workspace.name, state: spec.waits === true ? 'waits' : 'serves' }],
  ownerName: spec.owner,
  embedded: spec.id === 'node-ana',
  lastSeenAt: spec.status === 'lost' ? ago(1680) : ago(6),
  connectedAt: ago(3_542_400),
  createdAt: ago(7_000_000),
  finished: { done: spec.finished[0], nodeFaults: spec.finished[1] },
  reputation: [],
});

export const nodes: readonly Node[] = [
  node({
    id: 'node-ana',
    name: 'ana-pc',
    look: [2, 2],
    owner: 'Ana',
    os: 'Windows 11',
    cpu: 'Ryzen 9 7950X',
    cores: 16,
    ramGb: 64,
    gpu: ['RTX 4090', 24],
    limits: {
      cpuCores: 12,
      ramPercent: 75,
      storagePath: 'D:\\OtherThing',
      gpus: { 'gpu-0': { enabled: true, memoryPercent: 92 } },
    },
    reserved: [8, 18],
    running: [job(32, 'Read text in image', 2)],
    finished: [488, 1],
  }),
  node({
    id: 'node-rack',
    name: 'rack-2',
    look: [1, 1],
    owner: 'Tidemark',
    os: 'Debian 13',
    cpu: 'EPYC 7443P',
    cores: 24,
    ramGb: 128,
    gpu: ['RTX A5000', 24, 2],
    limits: {},
    reserved: [21, 52],
    running: [job(33, 'Read text in image', 1), job(40, 'Turn policy into checks', 9)],
    finished: [612, 1],
  }),
  node({
    id: 'node-mini',
    name: 'office-mini',
    look: [3, 3],
    owner: 'Tidemark',
    os: 'macOS 26',
    cpu: 'M4 Pro',
    cores: 12,
    ramGb: 48,
    limits: { cpuCores: 8, ramPercent: 42 },
    reserved: [3.6, 9],
    running: [job(34, 'Read text in image', 5)],
    finished: [240, 1],
  }),
  node({
    id: 'node-nuc',
    name: 'meeting-nuc',
    look: [5, 5],
    owner: 'Tidemark',
    os: 'Debian 13',
    cpu: 'i5-1340P',
    cores: 12,
    ramGb: 16,
    limits: { cpuCores: 8, ramPercent: 50 },
    reserved: [0, 0],
    finished: [96, 0],
  }),
  node({
    id: 'node-mira',
    name: 'mira-studio',
    look: [7, 7],
    owner: 'Mira',
    os: 'macOS 26',
    cpu: 'M2 Ultra',
    cores: 24,
    ramGb: 64,
    limits: { ramPercent: 75 },
    reserved: [0, 0],
    status: 'away',
    finished: [310, 3],
  }),
  node({
    id: 'node-bo',
    name: 'bo-laptop',
    look: [6, 6],
    owner: 'Bo',
    os: 'Fedora 43',
    cpu: 'i7-13800H',
    cores: 14,
    ramGb: 32,
    gpu: ['RTX 4060 Laptop', 8],
    limits: { ramPercent: 50 },
    reserved: [0, 0],
    available: false,
    finished: [58, 1],
  }),
  node({
    id: 'node-lab',
    name: 'lab-tower',
    look: [4, 4],
    owner: 'Jonas',
    os: 'Ubuntu 26.04',
    cpu: 'Threadripper',
    cores: 16,
    ramGb: 64,
    gpu: ['RTX 3090', 24],
    limits: {},
    reserved: [0, 0],
    status: 'lost',
    finished: [204, 9],
  }),
];

export const waitingNode = node({
  id: 'node-new',
  name: 'press-box',
  look: [8, 8],
  owner: 'Lena',
  os: 'Debian 13',
  cpu: 'Ryzen 5 5600',
  cores: 6,
  ramGb: 32,
  limits: {},
  reserved: [0, 0],
  finished: [0, 0],
  waits: true,
});

const box = (id: string, x: number, y: number, width = 208, height = 90) => ({ id, x, y, width, height });
type BoxNode = string | undefined;

function line(steps: readonly BoxNode[]): FlowPicture {
  return {
    boxes: steps.map((nodeId, index) => ({
      ...box(`s${index}`, index * 300, 0),
      ...(nodeId === undefined ? {} : { nodeId }),
    })),
    lines: steps.slice(1).map((_, index) => ({ from: index, to: index + 1 })),
  };
}

function fan(middle: readonly BoxNode[]): FlowPicture {
  return {
    boxes: [
      box('in', 0, 130),
      ...middle.map((nodeId, index) => ({
        ...box(`m${index}`, 330, index * 130),
        ...(nodeId === undefined ? {} : { nodeId }),
      })),
      box('out', 660, 130),
    ],
    lines: middle.flatMap((_, index) => [
      { from: 0, to: index + 1 },
      { from: index + 1, to: middle.length + 1 },
    ]),
  };
}

const receiptsPicture: FlowPicture = {
  boxes: [
    box('receipts', 0, 0, 208, 120),
    { ...box('each_receipt', 300, -30, 304, 260), nodeId: 'node-ana' },
    { ...box('policy', 0, 300), nodeId: 'node-mini' },
    { ...box('checks', 300, 290, 304, 150), nodeId: 'node-rack' },
    box('find_totals', 700, 130, 180, 150),
    box('table', 990, 30),
    box('sign_off', 990, 260),
  ],
  lines: [
    { from: 0, to: 1 },
    { from: 2, to: 3 },
    { from: 1, to: 4 },
    { from: 3, to: 4 },
    { from: 4, to: 5 },
    { from: 4, to: 6 },
  ],
};

type Weave = RunSummary['weave'];
const weave = (...parts: [nodeId: string, ms: number, count: number][]): Weave =>
  parts.map(([nodeId, ms, count]) => ({ nodeId, ms, count }));

function run(
  number: number,
  flowId: string,
  flowName: string,
  state: RunSummary['state'],
  started: number,
  took: number | null,
  progress: [total: number, done: number, failed: number],
  parts: Weave,
  more: Partial<RunSummary> = {},
): RunSummary {
  const createdAt = ago(started);
  return {
    id: `run-${number}`,
    workspaceId: workspace.id,
    flowId,
    flowName,
    versionId: `ver-${number}`,
    number,
    state,
    startedBy: 'Ana Ruiz',
    createdAt,
    finishedAt: took === null ? null : createdAt + took,
    progress: { total: progress[0], done: progress[1], failed: progress[2] },
    workers: {},
    weave: parts,
    ...more,
  };
}

const receiptsName = 'Read a stack of scanned receipts';
export const runs: readonly RunSummary[] = [
  run(
    215,
    'flow-1',
    receiptsName,
    'running',
    84,
    null,
    [57, 34, 1],
    weave(['node-ana', 41_000, 13], ['node-rack', 43_000, 12], ['node-mini', 20_000, 6]),
  ),
  run(
    216,
    'flow-2',
    'Answer support mail',
    'running',
    360,
    null,
    [12, 9, 0],
    weave(['node-rack', 44_000, 6], ['node-ana', 12_000, 2], ['node-mini', 4_000, 1]),
    { startedBy: 'Bo Lindqvist' },
  ),
  run(
    214,
    'flow-1',
    receiptsName,
    'succeeded',
    1920,
    161_000,
    [57, 57, 0],
    weave(['node-ana', 111_000, 19], ['node-rack', 108_000, 16], ['node-lab', 69_000, 9], ['node-mini', 39_000, 5]),
    { startedBy: 'Mira Okafor' },
  ),
  run(
    213,
    'flow-3',
    'Transcribe and file the week’s meetings',
    'succeeded',
    7_900,
    860_000,
    [8, 8, 0],
    weave(['node-mira', 52_000, 4], ['node-rack', 30_000, 2], ['node-ana', 18_000, 2]),
  ),
  run(
    212,
    'flow-4',
    'Nightly price watch',
    'failed',
    45_060,
    22_000,
    [6, 3, 1],
    weave(['node-mini', 20_000, 1], ['node-ana', 22_000, 2]),
    {
      startedBy: null,
      error: {
        code: 'sign_in_needed',
        message: 'The shop asked for a login.',
        next: 'Sign in again, then run it once more.',
      },
    },
  ),
  run(
    211,
    'flow-5',
    'Search our contracts',
    'succeeded',
    93_000,
    3_200,
    [10, 10, 0],
    weave(['node-rack', 70_000, 7], ['node-ana', 30_000, 3]),
    { startedBy: 'Jonas Weber' },
  ),
  run(
    210,
    'flow-6',
    'Product pictures, cut and named',
    'cancelled',
    259_200,
    61_000,
    [7, 4, 0],
    weave(['node-mira', 38_000, 3], ['node-ana', 16_000, 1]),
    { startedBy: 'Mira Okafor' },
  ),
];

function flow(
  number: number,
  name: string,
  steps: number,
  version: number | null,
  picture: FlowPicture,
  runNumber: number | null,
  editing: string[] = [],
): FlowSummary {
  const lastRun = runs.find((one) => one.number === runNumber) ?? null;
  return {
    id: `flow-${number}`,
    workspaceId: workspace.id,
    name,
    steps,
    version,
    picture,
    lastRun,
    editing: editing.map((person) => ({ userId: `usr-${person}`, name: person })),
    sample: number === 1 ? 'receipts' : null,
    createdAt: ago(5_000_000),
    updatedAt: ago(number * 4000),
  };
}

export const flows: readonly FlowSummary[] = [
  flow(1, receiptsName, 9, 31, receiptsPicture, 215, ['Ana Ruiz', 'Mira Okafor']),
  flow(2, 'Answer support mail', 12, 88, line([undefined, 'node-rack', 'node-ana', undefined]), 216, ['Bo Lindqvist']),
  flow(3, 'Transcribe and file the week’s meetings', 8, 12, fan(['node-rack', 'node-ana', 'node-mira']), 213),
  flow(4, 'Nightly price watch', 6, 7, line([undefined, 'node-ana', 'node-mini', undefined]), 212),
  flow(5, 'Search our contracts', 10, 19, fan(['node-rack', 'node-rack', 'node-ana']), 211, ['Jonas Weber']),
  flow(6, 'Product pictures, cut and named', 7, 4, line([undefined, 'node-mira', 'node-mira', undefined]), 210),
  flow(7, 'Draft: offers from old projects', 3, null, line([undefined, undefined, undefined]), null),
];

export const samples = [
  {
    id: 'receipts',
    name: receiptsName,
    description: 'Images of receipts, read by the nodes, summed up in a table',
    steps: 6,
  },
];

const step = (
  id: string,
  type: string,
  name: string,
  x: number,
  y: number,
  more: Partial<FlowFile['steps'][number]> = {},
): FlowFile['steps'][number] => ({ id, type, name, position: { x, y }, config: {}, ...more });
const edge = (from: string, to: string): FlowFile['edges'][number] => ({
  id: `${from}-${to}`,
  from: { step: from, port: 'out' },
  to: { step: to, port: 'in' },
});

export const receiptsFile: FlowFile = {
  schema: 'otherthing.flow/1',
  name: receiptsName,
  groups: [],
  notes: [],
  settings: {},
  steps: [
    step('receipts', 'input', 'Receipts', 0, 40),
    step('each_receipt', 'map', 'For each receipt', 300, 0, { size: { width: 304, height: 190 } }),
    step('read_text', 'read-text', 'Read text in image', 24, 60, { parent: 'each_receipt' }),
    step('policy', 'input', 'Expense policy', 0, 280),
    step('checks', 'code', 'Turn policy into checks', 300, 270, { size: { width: 304, height: 100 } }),
    step('find_totals', 'code', 'Find totals', 700, 150, { size: { width: 190, height: 110 } }),
    step('over', 'if', 'Over 200 €', 960, 70, { size: { width: 142, height: 80 } }),
    step('table', 'output', 'Receipts table', 960, 250),
  ],
  edges: [
    edge('receipts', 'each_receipt'),
    edge('policy', 'checks'),
    edge('each_receipt', 'find_totals'),
    edge('checks', 'find_totals'),
    edge('find_totals', 'over'),
    edge('find_totals', 'table'),
  ],
};

/** Items of run 214: four at once, one on a node that is lost in the middle. */
function itemsOf(started: number): StepInstance[] {
  const plan: [nodeId: string, from: number, to: number, count: number][] = [
    ['node-ana', 800, 112_000, 19],
    ['node-rack', 48_000, 112_000, 15],
    ['node-lab', 800, 66_000, 9],
    ['node-mini', 72_400, 112_000, 5],
  ];
  let index = 0;
  return plan.flatMap(([nodeId, from, to, count]) => {
    const each = (to - from) / count;
    return Array.from({ length: count }, (_, turn) => {
      const jitter = ((index * 37) % 11) * 60 - 300;
      const at = from + each * turn + (turn === 0 ? 0 : jitter);
      const path = `each_receipt[${index}]`;
      index += 1;
      const end = from + each * (turn + 1) + (turn === count - 1 ? 0 : ((index * 37) % 11) * 60 - 300);
      return {
        runId: 'run-214',
        stepId: 'read_text',
        path,
        state: 'succeeded' as const,
        jobId: `job-${index}`,
        nodeId,
        readyAt: started + Math.max(400, at - 120),
        startedAt: started + at,
        finishedAt: started + end - 20,
        attempts: 1,
      };
    });
  });
}

const finished = runs[2];
if (finished === undefined) throw new Error('run 214 is one of the runs');
const began = finished.createdAt;
const items = itemsOf(began);
const again = items[27];
if (again === undefined) throw new Error('there are 48 items');
again.attempts = 2;
again.readyAt = began + 66_200;
export const runItems: readonly StepInstance[] = items;
const done = (stepId: string, from: number, to: number, more: Partial<StepInstance> = {}): StepInstance => ({
  runId: 'run-214',
  stepId,
  path: '',
  state: 'succeeded',
  readyAt: began + from,
  startedAt: began + from,
  finishedAt: began + to,
  ...more,
});

export const runDetail: RunDetail = {
  run: finished,
  file: receiptsFile,
  inputs: {},
  cut: [],
  outputs: {
    rows: [
      { shop: 'Kaffehuset Nord', date: '2026-03-09', total: 21.8 },
      { shop: 'Hotel Östra', date: '2026-03-03', total: 412 },
      { shop: 'Byggvarehuset', date: '2026-03-07', total: 268.4 },
    ],
  },
  steps: [
    done('receipts', 0, 200),
    done('policy', 600, 1_400, { nodeId: 'node-mini', jobId: 'job-p' }),
    done('checks', 8_600, 47_200, { nodeId: 'node-rack', jobId: 'job-c', readyAt: began + 1_600 }),
    done('each_receipt', 600, 112_400, { items: { total: 48, done: 48, failed: 0, running: 0 } }),
    done('find_totals', 112_600, 113_400, { nodeId: 'node-ana', jobId: 'job-t' }),
    done('over', 113_600, 114_000),
    done('table', 158_400, 159_200),
  ],
};

export const triedStep: StepDetail = {
  instance: again,
  inputs: {
    image: { fileId: 'file-031', name: 'receipt-031.jpg', mime: 'image/png', size: 214_000, sha256: '0'.repeat(64) },
  },
  outputs: {
    text: 'Kaffehuset Nord\nKaj 4    09.03.26\n2 Filter      7.00\n1 Kanelbulle  3.40\n1 Sandwich    8.90\n1 Vand        2.50\nTotal EUR    21.80',
  },
  cut: [],
  attempts: [
    {
      number: 1,
      nodeId: 'node-lab',
      fence: 'a',
      assignedAt: began + 66_600,
      finishedAt: began + 71_400,
      outcome: 'lost',
    },
    {
      number: 2,
      nodeId: 'node-rack',
      fence: 'b',
      assignedAt: again.startedAt ?? began,
      finishedAt: again.finishedAt ?? began,
      outcome: 'succeeded',
    },
  ],
};

const going = runs[0];
if (going === undefined) throw new Error('run 215 is one of the runs');
const nodeOf = ['node-ana', 'node-rack', 'node-ana', 'node-mini', 'node-rack'];
/** Run 215, half-way: 30 done, 1 failed, 3 at work. */
export const goingItems: readonly StepInstance[] = Array.from({ length: 34 }, (_, index) => ({
  runId: 'run-215',
  stepId: 'read_text',
  path: `each_receipt[${index}]`,
  jobId: `job-${index}`,
  nodeId: nodeOf[index % 5] ?? 'node-ana',
  state: index === 16 ? ('failed' as const) : index < 31 ? ('succeeded' as const) : ('running' as const),
  readyAt: going.createdAt + 400,
  startedAt: going.createdAt + 600 + index * 2300,
  attempts: 1,
  ...(index < 31 ? { finishedAt: going.createdAt + 600 + index * 2300 + 6200 } : {}),
  ...(index === 16 ? { error: { code: 'no_text', message: 'No text could be read in receipt-017.jpg.' } } : {}),
}));

export const goingDetail: RunDetail = {
  run: going,
  file: receiptsFile,
  inputs: {},
  cut: [],
  outputs: {},
  steps: [
    {
      runId: 'run-215',
      stepId: 'receipts',
      path: '',
      state: 'succeeded',
      readyAt: going.createdAt,
      startedAt: going.createdAt,
      finishedAt: going.createdAt + 200,
      summary: '48 images',
    },
    {
      runId: 'run-215',
      stepId: 'policy',
      path: '',
      state: 'succeeded',
      nodeId: 'node-mini',
      jobId: 'job-p',
      readyAt: going.createdAt,
      startedAt: going.createdAt + 600,
      finishedAt: going.createdAt + 1400,
    },
    {
      runId: 'run-215',
      stepId: 'checks',
      path: '',
      state: 'running',
      nodeId: 'node-rack',
      jobId: 'job-40',
      readyAt: going.createdAt + 1500,
      startedAt: going.createdAt + 9000,
    },
    {
      runId: 'run-215',
      stepId: 'each_receipt',
      path: '',
      state: 'running',
      readyAt: going.createdAt + 300,
      startedAt: going.createdAt + 400,
      items: { total: 48, done: 30, failed: 1, running: 3 },
    },
  ],
};
