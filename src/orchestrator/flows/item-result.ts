import { isBlobRef } from '../../shared/model/values.ts';
import type { ActiveRun, OpenMap, Scope } from './run-memory.ts';
import { sizeUpTo } from './values.ts';

/** All results of a Map are held at once when they are put together (S10). */
export const mostResultBytes = 64 * 1024 * 1024;

export function itemDone(run: ActiveRun, map: OpenMap, scope: Scope, outcome: { ok: boolean }): void {
  map.counts.running -= 1;
  map.counts[outcome.ok ? 'done' : 'failed'] += 1;
  if (map.scope.map === null) run.progress[outcome.ok ? 'done' : 'failed'] += 1;
  const result = map.results[scope.index];
  const edge = scope.level.results.get('result');
  const value = edge === undefined ? undefined : innerValue(scope, edge.from.step, edge.from.port);
  if (result !== undefined && outcome.ok && value !== undefined) {
    result.value = value;
    map.resultBytes += isBlobRef(value) ? value.size : sizeUpTo(value, mostResultBytes);
  }
  if (result !== undefined && !outcome.ok && map.limits.onItemError === 'null') result.value = null;
  run.tasks.push({ kind: 'items', map });
}

function innerValue(scope: Scope, stepId: string, port: string): unknown {
  const isOwn = stepId === scope.map?.one.step.id;
  return (isOwn ? scope.inner : scope.outputs.get(stepId))?.[port];
}
