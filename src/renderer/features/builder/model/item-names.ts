import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { isFile } from '../../../app/value/shown.ts';

export const noNames: readonly unknown[] = [];

/** The list that a Map goes through, where it stands in the flow: typed into the Input that is wired to it. */
export function itemNames(graph: FlowGraph, mapId: string): readonly unknown[] {
  const edge = (graph.into.get(mapId) ?? []).find(({ to }) => to.port === 'items');
  const source = edge === undefined ? undefined : graph.steps.get(edge.from.step);
  const value = source?.type.type === 'input' ? source.config['value'] : undefined;
  return Array.isArray(value) ? value : noNames;
}

/** What one item is called: its file's name, a short text, else its number. */
export function itemName(items: readonly unknown[], index: number): string {
  const item = items[index];
  if (isFile(item)) return item.name;
  return typeof item === 'string' && item.length > 0 && item.length <= 40 ? item : `Item ${index + 1}`;
}
