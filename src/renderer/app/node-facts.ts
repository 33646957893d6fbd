import type { Node } from '../../shared/model/node.ts';
import type { Presence } from '../ui/machine-chip.tsx';
import { formatCount, formatMemory, formatPlural, formatWhen } from '../ui/numbers.ts';

/** What a node's numbers mean, worked out once for every page that shows it. Memory in MiB. */
export interface NodeFacts {
  presence: Presence;
  cores: number | null;
  sharedCores: number | null;
  ramMb: number | null;
  sharedRamMb: number | null;
  /** 0–1 of what is shared, the fuller of cores and memory. */
  load: number;
}

export function presenceOf(node: Node): Presence {
  if (node.status === 'lost') return 'lost';
  return node.status === 'away' || !node.available ? 'away' : 'here';
}

export function factsOf(node: Node): NodeFacts {
  const cores = node.capabilities.cpu?.cores ?? null;
  const ramMb = node.capabilities.memory?.total_mb ?? null;
  const sharedCores = cores === null ? null : Math.min(cores, node.resourceLimits.cpuCores ?? cores);
  const sharedRamMb = ramMb === null ? null : (ramMb * (node.resourceLimits.ramPercent ?? 100)) / 100;
  const load = Math.max(share(node.reserved.cores, sharedCores), share(node.reserved.ramMb, sharedRamMb));
  return { presence: presenceOf(node), cores, sharedCores, ramMb, sharedRamMb, load };
}

/** A part of a whole, 0–1; 0 where the whole is not known. */
export const share = (part: number, whole: number | null): number =>
  whole === null || whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));

/** "2 × RTX A5000, 24 GB", "RTX 4090, 24 GB", "No GPU". */
export function gpuWords(node: Node): string {
  const gpus = node.capabilities.gpus ?? [];
  const first = gpus[0];
  if (first === undefined) return 'No GPU';
  const alike = gpus.filter((gpu) => gpu.model === first.model).length;
  const memory = first.memory_mb === undefined ? '' : `, ${formatMemory(first.memory_mb)}`;
  const others = gpus.length - alike;
  return `${alike > 1 ? `${alike} × ` : ''}${first.model}${memory}${others > 0 ? ` and ${formatCount(others)} more` : ''}`;
}

/** "EPYC 7443P, 24 cores, 128 GB"; what the node does not say is left out. */
export function hardwareWords(node: Node): string {
  const { cores, ramMb } = factsOf(node);
  const model = node.capabilities.cpu?.model;
  return [
    model === undefined || model === '' ? null : shortCpu(model),
    cores === null ? null : formatPlural(cores, 'core'),
    ramMb === null ? null : formatMemory(ramMb),
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** Makers' names without the ornament: "Intel(R) Xeon(R) CPU @ 2.20GHz" → "Intel Xeon". */
export const shortCpu = (model: string): string =>
  model
    .replace(/\((R|TM)\)|®|™/gi, '')
    .replace(/\b(CPU|Processor|\d+-Core)\b/gi, '')
    .replace(/@.*$/, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Who it belongs to and what it runs: "Mira, macOS 26". */
export const ownerWords = (node: Node): string =>
  [node.ownerName, node.capabilities.os]
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join(', ');

const pauses = {
  paused: 'Paused by its owner',
  hours: 'Outside its owner’s hours',
  battery: 'Paused while on battery',
  in_use: 'Paused while somebody uses it',
  draining: 'Drains: finishes what it has, takes nothing new',
} as const;

/** Why it takes nothing now, and until when: "Outside its owner’s hours, until today at 18:00". */
export function pauseWords({ pause }: Pick<Node, 'pause'>, now: number): string {
  const words = pauses[pause?.reason ?? 'paused'];
  return pause?.until == null ? words : `${words}, until ${formatWhen(pause.until, now)}`;
}

const shortPauses = {
  paused: 'Paused',
  hours: 'Off hours',
  battery: 'Paused',
  in_use: 'Paused',
  draining: 'Draining',
} as const;

/** How it stands, in a word or two. */
export function standingWords(node: Node): string {
  if (node.status === 'lost') return 'Lost';
  if (node.status === 'suspect') return 'Silent';
  if (node.status === 'away') return 'Away';
  if (!node.available) return shortPauses[node.pause?.reason ?? 'paused'];
  return node.currentJobs > 0 ? 'Working' : 'Idle';
}
