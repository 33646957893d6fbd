import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useApi } from '../api/api.ts';
import { pendingApprovalsQuery } from '../api/queries.ts';
import { Segmented } from '../ui/segmented.tsx';
import { useWorkspace } from './workspace.ts';

export type RunsTab = 'runs' | 'approvals' | 'jobs';

const pages = {
  runs: '/w/$workspaceId/runs',
  approvals: '/w/$workspaceId/runs/approvals',
  jobs: '/w/$workspaceId/runs/jobs',
} as const;

interface RunsTabsProps {
  at: RunsTab;
  narrow?: boolean;
}

/** What belongs to runs: the runs themselves, what they ask people, and jobs that belong to none. */
export function RunsTabs({ at, narrow = false }: RunsTabsProps) {
  const navigate = useNavigate();
  const { id: workspaceId } = useWorkspace();
  const asks = useQuery(pendingApprovalsQuery(useApi(), workspaceId)).data?.length ?? 0;
  return (
    <Segmented
      label="What is shown"
      value={at}
      segments={[
        { value: 'runs', label: 'Runs' },
        { value: 'approvals', label: 'Approvals', ...(asks > 0 ? { count: asks } : {}) },
        { value: 'jobs', label: 'Jobs' },
      ]}
      onChange={(tab) => void navigate({ to: pages[tab], params: { workspaceId } })}
      size={narrow ? 'touch' : 'm'}
      fill={narrow}
    />
  );
}

export const NarrowRunsTabs = ({ at }: { at: RunsTab }) => (
  <div className="flex-none border-b border-line bg-surface px-4 pt-3 pb-3">
    <RunsTabs at={at} narrow />
  </div>
);
