/** What starts runs by itself. */
import { table } from '../store.ts';

export interface FlowTriggersRow {
  flowId: string;
  workspaceId: string;
  enabled: boolean;
  versionId: string | null;
  versionNumber: number | null;
  changedBy: string | null;
  changedAt: number;
  /** Why the last trigger started no run. */
  problem: { code: string; message: string; at: number } | null;
}
export const flowTriggers = table<FlowTriggersRow>({
  name: 'flow_triggers',
  key: ['flowId'],
  columns: {
    flowId: 'text',
    workspaceId: 'text',
    enabled: 'boolean',
    versionId: 'text',
    versionNumber: 'integer',
    changedBy: 'text',
    changedAt: 'integer',
    problem: 'json',
  },
});

export interface TriggerStepRow {
  flowId: string;
  stepId: string;
  kind: 'schedule' | 'webhook';
  /** Whether it is part of the version that is live now; an address is remembered beyond that. */
  live: boolean;
  /** A schedule: times up to this one have been dealt with. It never comes twice (written in the commit that starts the run). */
  since: number;
  /** When it started a run last. */
  lastAt: number | null;
  /** A webhook: how often it got a new address. */
  generation: number;
  /** SHA-256 of the token in its address (S2). */
  hash: string | null;
}
export const triggerSteps = table<TriggerStepRow>({
  name: 'trigger_steps',
  key: ['flowId', 'stepId'],
  columns: {
    flowId: 'text',
    stepId: 'text',
    kind: 'text',
    live: 'boolean',
    since: 'integer',
    lastAt: 'integer',
    generation: 'integer',
    hash: 'text',
  },
});
