/** Which parts of a flow document a transaction changed, so that only those are read again. */
import type { Doc } from 'yjs';
import { rootOf } from '../../../../shared/flows/document.ts';

/** Steps whose own fields changed; null when the shape of the flow did: then everything is read again. */
export type Changed = ReadonlySet<string> | null;

export interface ChangeWatch {
  /** What changed since it was last asked. */
  take(): Changed;
  stop(): void;
}

/** Fields that say how steps belong together. */
const shape: readonly string[] = ['parent', 'type', 'config'];

export function watchChanges(doc: Doc): ChangeWatch {
  let steps = new Set<string>();
  let whole = false;
  const root = rootOf(doc, 'steps');
  const onSteps: Parameters<typeof root.observeDeep>[0] = (events) => {
    for (const event of events) {
      const [id] = event.path;
      const keys = event.path.length === 1 ? [...event.changes.keys.keys()] : [];
      if (typeof id !== 'string' || keys.some((key) => shape.includes(key))) whole = true;
      else steps.add(id);
    }
  };
  const onOther = () => {
    whole = true;
  };
  const others = (['flow', 'settings', 'edges', 'notes', 'groups'] as const).map((name) => rootOf(doc, name));
  root.observeDeep(onSteps);
  for (const other of others) other.observeDeep(onOther);
  return {
    take() {
      const changed = whole ? null : steps;
      whole = false;
      steps = new Set();
      return changed;
    },
    stop() {
      root.unobserveDeep(onSteps);
      for (const other of others) other.unobserveDeep(onOther);
    },
  };
}
