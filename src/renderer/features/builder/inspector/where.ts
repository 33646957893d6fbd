/**
 * Who could run a step, from what its nodes say of themselves: the same reasons as the scheduler gives, in the same order,
 * before there is a job to ask it about. Memory in MiB. Pure.
 */
import {
  type Config,
  type JobStep,
  portsFrom,
  type StepJob,
  type StepType,
} from '../../../../shared/flows/step-type.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { Node } from '../../../../shared/model/node.ts';
import type { FileValue } from '../../../../shared/model/values.ts';
import { factsOf } from '../../../app/node-facts.ts';
import { formatMemory, formatPlural } from '../../../ui/numbers.ts';

export interface Needs {
  kind: string | null;
  cores: number;
  ramMb: number;
  tags: readonly string[];
  nodeId: string | null;
}

export interface NodeAnswer {
  node: Node;
  /** It could, if nothing else ran on it. */
  fits: boolean;
  /** It could at once. */
  now: boolean;
  reason: string;
}

/** What a step would ask of a node: its type is asked what job it would make of values of the right types. */
export function needsOf(type: StepType | null, config: Config, placement: FlowStep['placement']): Needs {
  const job = type?.executes === 'job' ? jobOf(type, config) : null;
  return {
    kind: job?.kind ?? null,
    cores: job?.requires.cores ?? 1,
    ramMb: job?.requires.ramMb ?? 256,
    tags: placement?.tags ?? [],
    nodeId: placement?.nodeId ?? null,
  };
}

const anyFile: FileValue = { fileId: 'file-any', name: 'any.png', mime: 'image/png', size: 0, sha256: '0'.repeat(64) };
const examples: Readonly<Record<string, unknown>> = {
  text: '',
  number: 0,
  boolean: false,
  file: anyFile,
  image: anyFile,
};

function jobOf(type: JobStep, config: Config): StepJob | null {
  const values = Object.fromEntries(
    portsFrom(type.inputs, config).map((port) => [port.name, examples[port.type] ?? []]),
  );
  try {
    return type.job(config, values, { stepId: 'any', runInputs: {}, startedAt: 0, name: type.name });
  } catch {
    // Settings that make no job yet say nothing about machines; the findings say what is wrong with them.
    return null;
  }
}

/** Every node's answer: those that can now first, then those that could, then why the others can't. */
export function answersOf(nodes: readonly Node[], needs: Needs): NodeAnswer[] {
  return nodes.map((node) => answerOf(node, needs)).sort((one, other) => rank(one) - rank(other));
}

const rank = ({ fits, now }: NodeAnswer): number => (now ? 0 : fits ? 1 : 2);

function answerOf(node: Node, needs: Needs): NodeAnswer {
  const against = whyNot(node, needs);
  if (against !== null) return { node, fits: false, now: false, reason: against };
  const busy = whyLater(node, needs);
  return { node, fits: true, now: busy === null, reason: busy ?? freeWords(node) };
}

function whyNot(node: Node, needs: Needs): string | null {
  const { sharedCores, sharedRamMb } = factsOf(node);
  if (node.status === 'lost') return 'Not heard from';
  if (node.status === 'away') return 'Not connected';
  if (!node.available) return 'Its owner has paused it';
  if (needs.nodeId !== null && needs.nodeId !== node.id) return 'Another machine is chosen';
  if (needs.kind !== null && !node.executors.includes(needs.kind)) return 'It cannot do this kind of work';
  const missing = needs.tags.filter((tag) => !node.tags.includes(tag));
  if (missing.length > 0) return `It lacks the tag ${missing.join(', ')}`;
  if (sharedCores !== null && sharedCores < needs.cores) return `Its owner shares ${formatPlural(sharedCores, 'core')}`;
  if (sharedRamMb !== null && sharedRamMb < needs.ramMb)
    return `Its owner shares ${formatMemory(sharedRamMb)} of memory`;
  return null;
}

function whyLater(node: Node, needs: Needs): string | null {
  const { sharedCores, sharedRamMb } = factsOf(node);
  const cores = sharedCores === null ? null : sharedCores - node.reserved.cores;
  const ram = sharedRamMb === null ? null : sharedRamMb - node.reserved.ramMb;
  if (cores !== null && cores < needs.cores)
    return `All shared cores are in use by ${formatPlural(node.currentJobs, 'job')}`;
  if (ram !== null && ram < needs.ramMb) return `${formatMemory(Math.max(0, ram))} of its shared memory is free`;
  return null;
}

function freeWords(node: Node): string {
  const { sharedCores, sharedRamMb } = factsOf(node);
  const parts = [
    sharedCores === null
      ? null
      : `${formatPlural(Math.max(0, Math.floor(sharedCores - node.reserved.cores)), 'core')} free`,
    sharedRamMb === null ? null : `${formatMemory(Math.max(0, sharedRamMb - node.reserved.ramMb))} of memory`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'Free' : parts.join(', ');
}

/** One sentence over all. */
export function verdict(answers: readonly NodeAnswer[]): string {
  const now = answers.filter((answer) => answer.now);
  const later = answers.filter((answer) => answer.fits && !answer.now);
  const [first] = now;
  if (first !== undefined)
    return now.length === 1 ? `${first.node.name} can take it now.` : `${now.length} nodes can take it now.`;
  const [next] = later;
  if (next !== undefined)
    return later.length === 1
      ? `${next.node.name} can take it when it is free.`
      : `${later.length} nodes can take it when one is free.`;
  return answers.length === 0 ? 'There is no node in this workspace yet.' : 'No node here can run it.';
}
