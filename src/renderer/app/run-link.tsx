import { Link } from '@tanstack/react-router';
import { useRunName } from '../api/run-name.ts';
import { useWorkspace } from './workspace.ts';

/** Another run by its name, as a link to it. */
export function RunLink({ runId }: { runId: string }) {
  const { id: workspaceId } = useWorkspace();
  const name = useRunName(workspaceId, runId);
  return (
    <Link to="/w/$workspaceId/runs/$runId" params={{ workspaceId, runId }} className="link font-medium">
      {name ?? 'another run'}
    </Link>
  );
}
