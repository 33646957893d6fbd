import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Node } from '../../shared/model/node.ts';
import type { RunSummary, WeavePart } from '../../shared/model/run.ts';
import { useApi } from '../api/api.ts';
import { nodesQuery } from '../api/queries.ts';
import { hostColour, hostMark, type Presence } from '../ui/machine-chip.tsx';
import { formatPlural } from '../ui/numbers.ts';
import type { WeaveStretch } from '../ui/weave.tsx';
import { presenceOf } from './node-facts.ts';
import { useWorkspace } from './workspace.ts';

/** How a node is shown wherever it is meant. */
export interface Machine {
  id: string;
  name: string;
  colour: number;
  mark: number;
  presence: Presence;
}

export interface Machines {
  all: readonly Machine[];
  /** The host for its own id; undefined for a node that is no longer in the workspace. */
  get(nodeId: string): Machine | undefined;
}

export const toMachine = (node: Node): Machine => ({
  id: node.id,
  name: node.name,
  colour: node.colour,
  mark: node.mark,
  presence: presenceOf(node),
});

/** The id of the host where attempts, steps and weaves name who did the work; it is in no list of nodes. */
export const hostMachineId = 'host';
/** The host itself, in grey: it calls providers and web addresses. */
const host: Machine = { id: hostMachineId, name: 'Host', colour: hostColour, mark: hostMark, presence: 'here' };

export function machinesOf(nodes: readonly Node[]): Machines {
  const byId = new Map(nodes.map((node) => [node.id, toMachine(node)]));
  return { all: [...byId.values()], get: (nodeId) => (nodeId === hostMachineId ? host : byId.get(nodeId)) };
}

const none: readonly Node[] = [];

/** The nodes of this workspace by id, live. */
export function useMachines(): Machines {
  const { data } = useQuery(nodesQuery(useApi(), useWorkspace().id));
  return useMemo(() => machinesOf(data ?? none), [data]);
}

/** The CSS colour of a node; the host's grey for work without a node. */
export const colourOf = (machines: Machines, nodeId: string | null | undefined): string => {
  const machine = nodeId === null || nodeId === undefined ? undefined : machines.get(nodeId);
  return machine === undefined ? 'var(--line-ui)' : `var(--machine-${machine.colour})`;
};

/** The weave of a run: as long as its progress, cut by who did how much. */
export function weaveOf(run: RunSummary, machines: Machines): WeaveStretch[] {
  const { total, done, failed } = run.progress;
  const whole = Math.max(total, done + failed, 1);
  const work = run.weave.reduce((sum, part) => sum + weight(part), 0);
  const parts = run.weave.map((part) => stretch(part, machines, work === 0 ? 0 : (weight(part) / work) * done));
  const rest = work === 0 && done > 0 ? [{ kind: 'host', share: done, key: 'host' } as const] : [];
  return [
    ...parts,
    ...rest,
    { kind: 'failed', share: failed, key: 'failed' },
    { kind: 'open', share: Math.max(0, whole - done - failed), key: 'open' },
  ];
}

/** Work that took no measurable time still shows. */
const weight = (part: WeavePart) => Math.max(part.ms, part.count, 0);

function stretch(part: WeavePart, machines: Machines, share: number): WeaveStretch {
  const machine = part.nodeId === null ? undefined : machines.get(part.nodeId);
  if (machine === undefined || machine.id === hostMachineId) return { kind: 'host', share, key: part.nodeId ?? 'host' };
  return { kind: 'machine', colour: machine.colour, share, key: machine.id };
}

/** The weave in words: "ana-pc 34 %, rack-2 66 %". */
export function weaveWords(run: RunSummary, machines: Machines): string {
  const parts = run.weave.filter((part) => part.nodeId !== null);
  const work = parts.reduce((sum, part) => sum + weight(part), 0);
  if (work === 0) return `${formatPlural(run.progress.done, 'step')} of ${run.progress.total} done`;
  return parts
    .map(
      (part) =>
        `${machines.get(part.nodeId ?? '')?.name ?? 'a removed node'} ${Math.round((weight(part) / work) * 100)} %`,
    )
    .join(', ');
}
