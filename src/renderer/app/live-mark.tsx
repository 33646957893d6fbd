import { useStore } from 'zustand';
import { useApi } from '../api/api.ts';
import { formatDuration } from '../ui/numbers.ts';
import { useNow } from '../ui/relative-time.tsx';
import { StateGlyph } from '../ui/state-glyph.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

/** "Live", or for how long not: then everything on the page is as old as that. */
export function LiveMark() {
  const { live } = useApi();
  const state = useStore(live.state);
  const now = useNow(1000);
  if (state.kind === 'live') {
    return (
      <span className="row gap-1.75 text-12 whitespace-nowrap text-ink-3" role="status">
        <span
          className="size-1.75 rounded-round bg-signal shadow-[0_0_0_1.5px_var(--signal-line)]"
          aria-hidden="true"
        />
        Live
      </span>
    );
  }
  if (state.kind === 'idle' || (state.kind === 'connecting' && state.tries === 0)) {
    return (
      <span className="row gap-1.75 text-12 text-ink-3" role="status">
        <StateGlyph state="running" />
        Connecting
      </span>
    );
  }
  if (state.kind === 'signed-out') return null;
  return (
    <Tooltip content="Everything here is as old as that. Press to try now." side="bottom">
      <button
        type="button"
        className="row gap-1.75 rounded-control text-12 whitespace-nowrap text-fail"
        onClick={() => live.retry()}
      >
        <StateGlyph state="failed" />
        <span role="status">
          Not connected for {formatDuration(Math.max(1000, Math.floor((now - state.since) / 1000) * 1000))}
        </span>
      </button>
    </Tooltip>
  );
}
