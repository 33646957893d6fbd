/**
 * Outputs that stand in place of executing a step (F7), kept per flow in this browser: they are for trying things out, and
 * are never part of the flow.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Pins } from '../../../../shared/model/run.ts';

/** Where pins are kept; a browser that keeps nothing is no reason to fail. */
export interface PinKeeper {
  read(): string | null;
  write(text: string): void;
}

/** What a browser keeps of one flow, at most: larger values are pinned until the page is closed. */
const mostKept = 400_000;

export interface PinBoard {
  state: StoreApi<Pins>;
  pin(stepId: string, outputs: Pins[string]): void;
  unpin(stepId: string): void;
}

export function createPins(keeper: PinKeeper): PinBoard {
  const state = createStore<Pins>(() => readPins(keeper.read()));
  const set = (pins: Pins) => {
    state.setState(pins, true);
    const text = JSON.stringify(pins);
    keeper.write(text.length <= mostKept ? text : '{}');
  };
  return {
    state,
    pin: (stepId, outputs) => set({ ...state.getState(), [stepId]: outputs }),
    unpin(stepId) {
      const { [stepId]: _, ...rest } = state.getState();
      set(rest);
    },
  };
}

/** What was kept, as far as it is of the right form: anybody may write into a browser's storage. */
export function readPins(text: string | null): Pins {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    if (!isObject(kept)) return {};
    return Object.fromEntries(
      Object.entries(kept).flatMap(([stepId, outputs]) => (isObject(outputs) ? [[stepId, outputs]] : [])),
    ) as Pins;
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The pins of steps that are still there. */
export const pinsOf = (pins: Pins, steps: ReadonlyMap<string, unknown>): Pins =>
  Object.fromEntries(Object.entries(pins).filter(([stepId]) => steps.has(stepId)));
