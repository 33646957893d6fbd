import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Pins } from '../../../../shared/model/run.ts';
import type { FlowSession } from '../document/flow-session.ts';
import type { FlowView } from '../document/flow-view.ts';
import type { PinBoard } from '../run/pins.ts';
import type { RunSession, RunState } from '../run/run-session.ts';
import type { BuilderUi } from './ui-state.ts';

/** One open flow: its document, the run it shows, and what this person does with it. */
export interface Builder {
  flowId: string;
  flow: FlowSession;
  run: RunSession;
  pins: PinBoard;
  ui: StoreApi<BuilderUi>;
  /** A viewer watches: nothing can be changed or started. */
  readOnly: boolean;
}

const BuilderContext = createContext<Builder | null>(null);
export const BuilderProvider = BuilderContext.Provider;

export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (builder === null) throw new Error('useBuilder needs a BuilderProvider around it');
  return builder;
}

export const useFlow = <Part>(pick: (view: FlowView) => Part): Part => useStore(useBuilder().flow.view, pick);
export const useUi = <Part>(pick: (ui: BuilderUi) => Part): Part => useStore(useBuilder().ui, pick);
export const useRun = <Part>(pick: (run: RunState) => Part): Part => useStore(useBuilder().run.state, pick);

export const usePin = (stepId: string): Pins[string] | undefined =>
  useStore(useBuilder().pins.state, (pins) => pins[stepId]);
