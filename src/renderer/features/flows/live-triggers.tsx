import { useQuery } from '@tanstack/react-query';
import { CalendarClock, TriangleAlert, Webhook } from 'lucide-react';
import type { FlowSummary } from '../../../shared/model/run.ts';
import type { FlowTriggers } from '../../../shared/model/trigger.ts';
import { useApi } from '../../api/api.ts';
import { liveTriggersQuery } from '../../api/queries.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Icon } from '../../ui/icon.tsx';
import { formatWhen } from '../../ui/numbers.ts';
import { useNow } from '../../ui/relative-time.tsx';

/** When a flow is run next by itself: "next today at 14:00", "webhook". */
export function liveWords({ triggers }: FlowTriggers, now: number): string {
  const next = triggers.flatMap((one) => (one.kind === 'schedule' && one.nextAt !== null ? one.nextAt : []));
  const parts = [
    ...(next.length > 0 ? [`next ${formatWhen(Math.min(...next), now)}`] : []),
    ...(triggers.some((one) => one.kind === 'webhook') ? ['webhook'] : []),
  ];
  return parts.length === 0 ? 'triggers on' : parts.join(', ');
}

/** Of a flow that runs by itself: when, and whether something is wrong with that. Nothing where its triggers are off. */
export function LiveTriggers({ flow, onTriggers }: { flow: FlowSummary; onTriggers: (flow: FlowSummary) => void }) {
  const { id: workspaceId } = useWorkspace();
  const now = useNow(30_000);
  const live = useQuery(liveTriggersQuery(useApi(), workspaceId)).data?.find((one) => one.flowId === flow.id);
  if (live === undefined) return null;
  const icon =
    live.problem !== null
      ? TriangleAlert
      : live.triggers.some((one) => one.kind === 'schedule')
        ? CalendarClock
        : Webhook;
  return (
    <button
      type="button"
      className={`row min-h-6 gap-1 whitespace-nowrap hover:underline ${live.problem === null ? 'text-ink-2' : 'text-warn'}`}
      onClick={() => onTriggers(flow)}
    >
      <Icon of={icon} size={14} />
      {live.problem === null ? liveWords(live, now) : 'its trigger needs a look'}
      {live.problem === null && live.outdated ? ', older version' : ''}
    </button>
  );
}
