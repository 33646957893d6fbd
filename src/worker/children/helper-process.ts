import type { HelperPlan } from '../../shared/helpers.ts';
import { borrowHelper } from './borrowed.ts';
import { spawnHelper } from './spawned.ts';

/** Which processors a helper is bound to: `taskset` and the processors, both or neither (S8). */
export interface Binding {
  taskset?: string | undefined;
  processors?: readonly number[] | undefined;
}

/** A program of ours in a process of its own; the same whether this process started it or borrowed it from its parent. */
export interface HelperProcess {
  /** Its process id; undefined when it could not be started. */
  pid: Promise<number | undefined>;
  /** What is sent before it runs waits for it; what is sent after its end is dropped. */
  send(message: unknown): void;
  onMessage(receive: (message: unknown) => void): void;
  /** At once, with all that it started. */
  kill(): void;
  /** How it ended: exit code, or name of the signal. */
  ended: Promise<number | string>;
}

export type StartHelper = (plan: HelperPlan, binding: Binding) => HelperProcess;

/** Starts a helper in the way that this process has: Electron's utility processes borrow from main. */
export const startHelper: StartHelper = (plan, binding) =>
  isUtilityProcess() ? borrowHelper(plan, binding) : spawnHelper(plan, binding);

function isUtilityProcess(): boolean {
  const { parentPort } = process as unknown as { parentPort?: unknown };
  return parentPort !== undefined && parentPort !== null;
}
