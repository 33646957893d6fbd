import { Link } from '@tanstack/react-router';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { useMachines } from '../../app/machines.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { FlowPicture } from '../../ui/flow-picture.tsx';
import type { FlowActions } from './flow-actions.ts';
import { FlowMenu, LastRun, pictureColours, sizeWords } from './flow-table.tsx';
import { LiveTriggers } from './live-triggers.tsx';

interface FlowListProps {
  flows: readonly FlowSummary[];
  actions: FlowActions;
  onRename: (flow: FlowSummary) => void;
  onTriggers: (flow: FlowSummary) => void;
}

/** The flows on a narrow screen: one under the other. */
export function FlowList({ flows, actions, onRename, onTriggers }: FlowListProps) {
  const machines = useMachines();
  const { id: workspaceId } = useWorkspace();
  return (
    <ul aria-label="Flows">
      {flows.map((flow) => (
        <li key={flow.id} className="border-b border-line px-4 py-3">
          <div className="row gap-3">
            <FlowPicture picture={flow.picture} colours={pictureColours(flow, machines)} />
            <Link
              to="/w/$workspaceId/flows/$flowId"
              params={{ workspaceId, flowId: flow.id }}
              className="min-w-0 flex-1 leading-[18px]"
            >
              <span className="cut block font-strong">{flow.name}</span>
              <span className="cut block text-12 text-ink-3">{sizeWords(flow)}</span>
            </Link>
            <FlowMenu flow={flow} actions={actions} onRename={onRename} onTriggers={onTriggers} />
          </div>
          <div className="mt-1 text-12 empty:hidden">
            <LiveTriggers flow={flow} onTriggers={onTriggers} />
          </div>
          <div className="mt-2.5">
            <LastRun flow={flow} machines={machines} />
          </div>
        </li>
      ))}
    </ul>
  );
}
