import { useStore } from 'zustand';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { formatDuration } from '../ui/numbers.ts';
import { useNow } from '../ui/relative-time.tsx';
import { HostActions } from './hosts/host-actions.tsx';

interface LoadErrorProps {
  /** "The flows could not be loaded" */
  title: string;
  error: unknown;
  onRetry: () => void;
  retrying: boolean;
}

/** A page whose data could not be had; says when it tries by itself. */
export function LoadError({ title, error, onRetry, retrying }: LoadErrorProps) {
  const { live } = useApi();
  const state = useStore(live.state);
  const now = useNow(1000);
  const { what, next } = errorWords(error);
  const note =
    state.kind === 'lost' && state.nextTryAt > now
      ? `Tries by itself in ${formatDuration(Math.ceil((state.nextTryAt - now) / 1000) * 1000)}`
      : undefined;
  const retry = () => {
    live.retry();
    onRetry();
  };
  return (
    <ErrorState title={title} onRetry={retry} retrying={retrying} note={note} actions={<HostActions error={error} />}>
      {what} {next}
    </ErrorState>
  );
}
