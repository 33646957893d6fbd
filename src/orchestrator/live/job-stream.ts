import type { OutputChunk } from '../../shared/model/job.ts';
import type { LiveServerMessage } from '../../shared/protocol/live.ts';
import type { JobService } from '../services.ts';
import type { EventHub, HubEvent } from './hub.ts';

interface Stream {
  hub: EventHub;
  jobs: JobService;
  say: (message: LiveServerMessage) => void;
  workspaceId: string;
  topic: string;
  /** What the viewer has already (data.md, Live: streams resume by attempt and chunk). */
  after: { attempt: number; seq: number } | undefined;
}

/** Sends what a job wrote after `after`, then what it writes; each chunk once, in order. Returns how to stop. */
export function followOutput({ hub, jobs, say, workspaceId, topic, after }: Stream): () => void {
  const jobId = topic.slice('job:'.length);
  let last = after ?? { attempt: 0, seq: -1 };
  /** What comes in while the past is being read. */
  let held: HubEvent[] | null = [];
  const isNew = ({ attempt, seq }: OutputChunk) =>
    attempt > last.attempt || (attempt === last.attempt && seq > last.seq);
  const tell = ({ position, event }: HubEvent) => {
    if (event.kind !== 'job.output') return say({ type: 'event', topic, position, event });
    const chunks = event.chunks.filter(isNew);
    const newest = chunks.at(-1);
    if (newest === undefined) return;
    last = newest;
    say({ type: 'event', topic, position, event: { ...event, chunks } });
  };
  const { position, stop } = hub.subscribe(workspaceId, topic, undefined, (event) => {
    if (held === null) tell(event);
    else held.push(event);
  });

  const catchUp = async () => {
    const [{ chunks }, job] = await Promise.all([jobs.output(jobId), jobs.get(jobId)]);
    say({ type: 'subscribed', topic, position });
    tell({ topic, position, event: { kind: 'job.output', jobId, chunks } });
    if (job !== null) tell({ topic, position, event: { kind: 'job.changed', jobId, state: job.state } });
    const meanwhile = held ?? [];
    held = null;
    for (const event of meanwhile) tell(event);
  };
  catchUp().catch(() => {
    stop();
    say({ type: 'refetch', topic, position });
  });
  return stop;
}
