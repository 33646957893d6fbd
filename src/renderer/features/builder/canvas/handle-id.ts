import type { PortEnd } from '../model/ui-state.ts';

/** Ids of handles within a step: a step may have an input and an output of the same name. */
export const handleId = (side: 'input' | 'output', port: string): string => `${side === 'input' ? 'i' : 'o'}:${port}`;

/** The port of a step in a folded group, at the block of the group. */
export const foldedPort = (step: string, port: string): string => `${step}|${port}`;

/** The end that a handle of a node stands for: at the block of a folded group, a step inside it. */
export function endOf(node: string, handle: string | null | undefined, side: PortEnd['side']): PortEnd {
  const name = portOfHandle(handle);
  const [step = '', port] = name.split('|');
  return port === undefined ? { step: node, port: name, side } : { step, port, side };
}

export const portOfHandle = (handle: string | null | undefined): string => handle?.slice(2) ?? '';
