/** The steps of a flow that start runs, read from its file. */
import { stepType } from '../../shared/flows/registry.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { Store } from '../store/store.ts';
import { flows, workspaces } from '../store/tables.ts';

export interface TriggerStep {
  readonly id: string;
  readonly name: string;
  readonly kind: 'schedule' | 'webhook';
  /** Its settings with the defaults of its type. */
  readonly config: Readonly<Record<string, unknown>>;
}

export function triggerStepsOf(file: FlowFile): TriggerStep[] {
  return file.steps.flatMap(({ id, name, type, parent, config }) => {
    const known = stepType(type);
    if (known?.trigger === undefined || parent !== undefined) return [];
    return [{ id, name, kind: known.trigger, config: { ...known.defaults, ...config } }];
  });
}

export function readSchedule({ config }: Pick<TriggerStep, 'config'>) {
  const missed = config['missed'] === 'once' ? ('once' as const) : ('skip' as const);
  return { cron: String(config['cron']), zone: String(config['zone']), missed };
}

const methods = ['POST', 'GET', 'PUT'] as const;
export type HookMethod = (typeof methods)[number];

export function webhookOf({ config }: Pick<TriggerStep, 'config'>) {
  return {
    method: methods.find((method) => method === config['method']) ?? 'POST',
    secret: String(config['secret'] ?? ''),
    header: String(config['header'] ?? '').toLowerCase(),
    /** Milliseconds to wait for the outputs; null to answer at once. */
    waitMs: config['answer'] === 'outputs' ? Number(config['seconds']) * 1_000 : null,
  };
}

/** Whether a flow is there, and its workspace in use. */
export async function isHere(store: Store, flowId: string): Promise<boolean> {
  const flow = await store.get(flows, { id: flowId });
  if (flow === null || flow.deletedAt !== null) return false;
  const workspace = await store.get(workspaces, { id: flow.workspaceId });
  return workspace !== null && !workspace.archived;
}
