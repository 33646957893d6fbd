import type { Node } from '../../../shared/model/node.ts';
import { formatCount, formatPlural, formatShare } from '../../ui/numbers.ts';

/** What a node has finished, and how often it was itself at fault. */
export function Record({ node }: { node: Node }) {
  const { done, nodeFaults } = node.finished;
  const tried = done + nodeFaults;
  if (tried === 0) return <span className="text-12 text-ink-3">No job yet</span>;
  const good = done / tried;
  return (
    <div className="grid grid-cols-[44px_1fr] items-center gap-2">
      <b className="text-right text-15">
        {nodeFaults > 0 && good > 0.995 ? '99' : Math.round(good * 100)}
        <span className="text-11 font-text text-ink-3">{'\u2009%'}</span>
      </b>
      <div>
        <span
          className="flex h-2 overflow-hidden rounded-2 bg-track"
          role="img"
          aria-label={`${formatShare(good)} of its attempts went well`}
        >
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
