import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useApi } from '../api/api.ts';
import { workspacesQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Frame } from './frame.tsx';
import { LoadError } from './page-states.tsx';
import { writeStored } from './stored.ts';
import { WorkspaceProvider } from './workspace.ts';

/** A workspace's pages: known workspace, live events, frame. */
export function WorkspaceFrame() {
  const api = useApi();
  const { workspaceId } = useParams({ from: '/signed-in/w/$workspaceId' });
  const workspaces = useQuery(workspacesQuery(api));
  const workspace = workspaces.data?.find((one) => one.id === workspaceId);
  const known = workspace !== undefined;

  useEffect(() => {
    if (!known) return;
    writeStored('workspace', workspaceId);
    return api.feed.followWorkspace(workspaceId);
  }, [api, known, workspaceId]);

  if (workspace !== undefined) {
    return (
      <WorkspaceProvider value={workspace}>
        <Frame />
      </WorkspaceProvider>
    );
  }
  if (workspaces.isPending) return null;
  return (
    <div className="flex h-full bg-surface">
      {workspaces.isError ? (
        <LoadError
          title="Your workspaces could not be loaded"
          error={workspaces.error}
          onRetry={() => void workspaces.refetch()}
          retrying={workspaces.isFetching}
        />
      ) : (
        <EmptyState
          title="You are not in this workspace"
          actions={
            <Button asChild size="l" variant="main">
              <Link to="/">Go to yours</Link>
            </Button>
          }
        >
          It may have been deleted, or somebody took you out of it.
        </EmptyState>
      )}
    </div>
  );
}
