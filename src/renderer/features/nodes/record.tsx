import type { Node } from '../../../shared/model/node.ts';
import { formatCount, formatPlural } from '../../ui/numbers.ts';

/** What a node has earned with the kind of job that it does most, and what it comes from. */
export function Record({ node }: { node: Node }) {
  const { done, nodeFaults } = node.finished;
  const [main] = node.reputation;
  const tried = done + nodeFaults;
  if (tried === 0 && main === undefined) return <span className="text-12 text-ink-3">No job yet</span>;
  return (
    <div className="grid grid-cols-[32px_1fr] items-center gap-2">
      <b className="text-right text-15">{main?.score ?? ''}</b>
      <div>
        <span className="flex h-2 overflow-hidden rounded-2 bg-track" aria-hidden="true">
          <i className="bg-ink-3" style={{ flexGrow: done }} />
          {nodeFaults > 0 && <i className="ml-px min-w-0.5 bg-fail-line" style={{ flexGrow: nodeFaults }} />}
        </span>
        <div className="mt-0.5 text-11 whitespace-nowrap text-ink-3">
          {formatCount(done)} done, {nodeFaults === 0 ? 'no fault' : formatPlural(nodeFaults, 'fault')}
        </div>
      </div>
    </div>
  );
}
