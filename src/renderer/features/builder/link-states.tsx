import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { errorWords } from '../../api/error-words.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { useBuilder } from './model/builder.ts';

/** Over the canvas while there is no document to draw: loading, no answer, not there. */
export function LinkStates() {
  const { flow } = useBuilder();
  const link = useStore(flow.state, (state) => state.link);
  const loaded = useStore(flow.state, (state) => state.loaded);
  const slow = useSlow(!loaded && link.kind === 'opening', 12_000);
  if (link.kind === 'refused') return <Refused reason={link.reason} />;
  if (loaded) return null;
  if (link.kind === 'lost' || slow) {
    return (
      <div className="flow-refused">
        <ErrorState title="The flow could not be opened" onRetry={flow.retry} note="It tries by itself, too">
          The host does not answer. It may be restarting or off the network. Nothing is lost; running steps go on.
        </ErrorState>
      </div>
    );
  }
  return <Opening />;
}

/** True once something has lasted so many milliseconds. */
function useSlow(going: boolean, after: number): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!going) return;
    const timer = setTimeout(() => setSlow(true), after);
    return () => clearTimeout(timer);
  }, [going, after]);
  return slow;
}

/** Steps in the shape of what comes. */
const Opening = () => (
  <div className="pointer-events-none absolute inset-0 grid place-items-center">
    <LoadingWords>The flow is loading</LoadingWords>
    <div className="row gap-12">
      <Skeleton width={208} height={120} />
      <Skeleton width={304} height={240} />
      <Skeleton width={208} height={120} />
    </div>
  </div>
);

function Refused({ reason }: { reason: unknown }) {
  const workspace = useWorkspace();
  const { what, next } = errorWords(reason);
  return (
    <div className="flow-refused">
      <EmptyState
        title="This flow cannot be opened"
        actions={
          <Button asChild size="l" variant="main">
            <Link to="/w/$workspaceId/flows" params={{ workspaceId: workspace.id }}>
              All flows
            </Link>
          </Button>
        }
      >
        {`${what} ${next}`}
      </EmptyState>
    </div>
  );
}
