/** Reasons as people read them. Pure. */
import type { Obstacle } from './fit.ts';
import type { Need } from './snapshot.ts';

const kindNames: Readonly<Record<string, string>> = {
  script: 'scripts',
  ocr: 'reading text in images',
  inference: 'running models',
  model: 'fetching models',
};
export const kindName = (kind: string) => kindNames[kind] ?? `jobs of the kind "${kind}"`;

const gigabytes = (mebibytes: number) =>
  mebibytes > 0 && mebibytes < 1_000 ? `${Math.round(mebibytes)} MB` : `${Math.round((mebibytes / 1024) * 10) / 10} GB`;
const rounded = (cores: number) => String(Math.round(cores * 100) / 100);
export const coreWords = (cores: number) => `${rounded(cores)} ${cores === 1 ? 'core' : 'cores'}`;
export const memoryWords = gigabytes;
export const listed = (names: readonly string[]) => names.join(', ');
const tagWords = (tags: readonly string[]) => `the ${tags.length === 1 ? 'tag' : 'tags'} ${listed(tags)}`;

/** "40 s", "3 min", "2 h": as exact as an estimate is. */
export function about(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

type Presence = Extract<Obstacle, { code: 'presence' }>;
const presences: Readonly<Record<Presence['presence'], string>> = {
  suspect: 'Has been silent for a moment',
  paused: 'Paused by its owner',
  draining: 'Finishes what it has and takes nothing new',
  lost: 'Lost: not heard for over a minute',
  away: 'Not connected',
};
const pauses = {
  paused: 'Paused by its owner',
  hours: "Outside its owner's hours",
  battery: 'Paused while on battery',
  in_use: 'Paused while somebody uses it',
} as const;

function presenceWords({ presence, pause }: Presence, now: number): string {
  if (presence !== 'paused' || pause === null) return presences[presence];
  const until = pause.until === null ? '' : `; shared again in ${about(Math.max(0, (pause.until - now) / 1_000))}`;
  return `${pauses[pause.reason]}${until}`;
}

/** One reason against a node, as a sentence about it. */
export function words(obstacle: Obstacle, now: number): string {
  switch (obstacle.code) {
    case 'other_workspace':
      return 'Does not serve this workspace';
    case 'waits_for_approval':
      return 'Waits for an admin to let it in';
    case 'other_machine':
      return 'Another machine is chosen';
    case 'excluded_machine':
      return 'It must run on another machine than this';
    case 'no_executor':
      return `Cannot do ${kindName(obstacle.kind)}`;
    case 'tags_missing':
      return `Lacks ${tagWords(obstacle.tags)}`;
    case 'model_missing':
      return `Does not have the model ${obstacle.model}`;
    case 'cores_not_shared':
      return `Shares ${coreWords(obstacle.shared)}; ${rounded(obstacle.needed)} needed`;
    case 'ram_not_shared':
      return `Shares ${gigabytes(obstacle.shared)} of memory; ${gigabytes(obstacle.needed)} needed`;
    case 'storage_not_shared':
      return `Shares ${gigabytes(obstacle.shared)} of storage; ${gigabytes(obstacle.needed)} needed`;
    case 'no_gpu':
      return 'Shares no GPU';
    case 'gpu_memory_not_shared':
      return `Shares ${gigabytes(obstacle.shared)} on its largest GPU; ${gigabytes(obstacle.needed)} needed`;
    case 'presence':
      return presenceWords(obstacle, now);
    case 'cores_taken':
      return `Busy: ${coreWords(obstacle.free)} free, ${rounded(obstacle.needed)} needed`;
    case 'ram_taken':
      return `Busy: ${gigabytes(obstacle.free)} of memory free, ${gigabytes(obstacle.needed)} needed`;
    case 'storage_taken':
      return `Busy: ${gigabytes(obstacle.free)} of storage free, ${gigabytes(obstacle.needed)} needed`;
    case 'gpu_memory_taken':
      return `Busy: ${gigabytes(obstacle.free)} free on a GPU, ${gigabytes(obstacle.needed)} needed`;
    default:
      return obstacle satisfies never;
  }
}

const standings: Readonly<Record<Presence['presence'], string>> = {
  suspect: 'is silent',
  paused: 'is paused',
  draining: 'takes nothing new',
  lost: 'is lost',
  away: 'is not connected',
};

/** The same in a few words after the name of the node: "ana-pc has 8 GB". */
export function briefly(obstacle: Obstacle): string {
  switch (obstacle.code) {
    case 'other_workspace':
      return 'does not serve this workspace';
    case 'waits_for_approval':
      return 'waits to be let in';
    case 'other_machine':
    case 'excluded_machine':
      return 'is not the chosen machine';
    case 'no_executor':
      return `cannot do ${kindName(obstacle.kind)}`;
    case 'tags_missing':
      return `lacks ${tagWords(obstacle.tags)}`;
    case 'model_missing':
      return 'does not have it';
    case 'cores_not_shared':
      return `shares ${rounded(obstacle.shared)}`;
    case 'ram_not_shared':
    case 'storage_not_shared':
    case 'gpu_memory_not_shared':
      return `has ${gigabytes(obstacle.shared)}`;
    case 'no_gpu':
      return 'shares no GPU';
    case 'presence':
      return standings[obstacle.presence];
    case 'cores_taken':
      return `has ${rounded(obstacle.free)} free`;
    case 'ram_taken':
    case 'storage_taken':
    case 'gpu_memory_taken':
      return `has ${gigabytes(obstacle.free)} free`;
    default:
      return obstacle satisfies never;
  }
}

/** What it is that a node lacks, by its obstacle; null where it lacks nothing. */
export function lacked(
  obstacle: Obstacle,
  { kind, requires }: Need,
  nameOf: (nodeId: string) => string,
): string | null {
  switch (obstacle.code) {
    case 'cores_not_shared':
    case 'cores_taken':
      return coreWords(requires.cores);
    case 'ram_not_shared':
    case 'ram_taken':
      return `${gigabytes(requires.ramMb)} of memory`;
    case 'storage_not_shared':
    case 'storage_taken':
      return `${gigabytes(requires.storageMb ?? 0)} of storage`;
    case 'no_gpu':
    case 'gpu_memory_not_shared':
    case 'gpu_memory_taken':
      return `${gigabytes(requires.gpuMemoryMb ?? 0)} GPU memory`;
    case 'model_missing':
      return `the model ${obstacle.model}`;
    case 'tags_missing':
      return tagWords(requires.tags ?? []);
    case 'no_executor':
      return `a node for ${kindName(kind)}`;
    case 'other_machine':
      return requires.nodeId === undefined ? null : nameOf(requires.nodeId);
    case 'other_workspace':
    case 'waits_for_approval':
    case 'excluded_machine':
    case 'presence':
      return null;
    default:
      return obstacle satisfies never;
  }
}
