import type { StoreApi } from 'zustand/vanilla';
import type { FlowSession } from '../document/flow-session.ts';
import type { BuilderUi } from './ui-state.ts';

/** What a person's actions work with: the open flow, what they have chosen, and chance for new ids. */
export interface Doing {
  flow: FlowSession;
  ui: StoreApi<BuilderUi>;
  random: () => number;
}
