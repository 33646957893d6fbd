import { Link } from '@tanstack/react-router';
import type { Node, NodeJob } from '../../../shared/model/node.ts';
import { pauseWords } from '../../app/node-facts.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { machineColour } from '../../ui/machine-chip.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';

/** What a node does at this moment, in two lines. */
export function DoesNow({ node }: { node: Node }) {
  const now = useNow(1000);
  if (node.status === 'lost') {
    return (
      <>
        <div className="row gap-2 text-fail">
          <StateGlyph state="failed" />
          Lost
        </div>
        {node.lastSeenAt !== null && (
          <div className="cut pl-5.5 text-ink-3">
            heard <RelativeTime at={node.lastSeenAt} />
          </div>
        )}
      </>
    );
  }
  if (node.status === 'away') {
    return (
      <div className="row gap-2 text-ink-2">
        <StateGlyph state="line" />
        Away{node.lastSeenAt !== null && <RelativeTime at={node.lastSeenAt} className="text-ink-3" />}
      </div>
    );
  }
  if (!node.available) {
    return (
      <div className="row gap-2 text-ink-2">
        <StateGlyph state={node.pause?.reason === 'hours' ? 'line' : 'paused'} />
        <span className="cut">{pauseWords(node, now)}</span>
      </div>
    );
  }
  if (node.status === 'suspect') {
    return (
      <div className="row gap-2 text-warn">
        <StateGlyph state="look" />
        Silent for {node.lastSeenAt === null ? 'a while' : formatDuration(Math.max(0, now - node.lastSeenAt))}
      </div>
    );
  }
  return <Jobs node={node} now={now} />;
}

function Jobs({ node, now }: { node: Node; now: number }) {
  const [first, second, ...others] = node.running;
  if (first === undefined) {
    if (node.currentJobs > 0) return <span className="text-ink-2">Works for another workspace</span>;
    return (
      <span className="text-ink-3">{node.executors.length === 0 ? 'Takes no jobs: names no executors' : 'Idle'}</span>
    );
  }
  return (
    <div style={machineColour(node.colour)}>
      <JobLine job={first} />
      {second === undefined ? (
        <div className="pl-5.5 text-ink-3">{formatDuration(Math.max(0, now - first.startedAt))}</div>
      ) : (
        <div>
          {others.length === 0 ? (
            <JobLine job={second} quiet />
          ) : (
            <span className="pl-5.5 text-ink-3">and {others.length + 1} more</span>
          )}
        </div>
      )}
    </div>
  );
}

/** A job in one line; leads to its place in its run. */
export function JobLine({ job, quiet = false }: { job: NodeJob; quiet?: boolean }) {
  const { id: workspaceId } = useWorkspace();
  const words = (
    <>
      <StateGlyph state="running" />
      <span className="cut">{job.label}</span>
    </>
  );
  const look = `row min-h-6 min-w-0 gap-2 ${quiet ? 'text-ink-3' : ''}`;
  if (job.runId === undefined) return <span className={look}>{words}</span>;
  const search = {
    ...(job.stepId === undefined ? {} : { step: job.stepId }),
    ...(job.path === undefined || job.path === '' ? {} : { path: job.path }),
  };
  return (
    <Link
      to="/w/$workspaceId/runs/$runId"
      params={{ workspaceId, runId: job.runId }}
      search={search}
      className={`${look} hover:underline`}
    >
      {words}
    </Link>
  );
}
