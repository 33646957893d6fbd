import type { StoreApi } from 'zustand/vanilla';
import { readStored, writeStored } from '../../../app/stored.ts';
import type { BuilderUi } from './ui-state.ts';

/** Remembers on this machine which groups of a flow the person has folded; answers the stop. */
export function keepFolds(ui: StoreApi<BuilderUi>, flowId: string): () => void {
  const key = `folded.${flowId}`;
  const kept = readStored(key)?.split(' ').filter(Boolean) ?? [];
  if (kept.length > 0) ui.setState({ folded: new Set(kept) });
  return ui.subscribe(({ folded }, before) => {
    if (folded !== before.folded) writeStored(key, [...folded].join(' '));
  });
}
