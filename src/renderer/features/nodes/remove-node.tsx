import type { Node } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { keys } from '../../api/keys.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { toast } from '../../ui/toasts.tsx';

interface RemoveNodeProps {
  node: Node;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onRemoved: () => void;
}

/** Asks once, with the node's name, what removing it means. */
export function RemoveNode({ node, open, onOpenChange, onRemoved }: RemoveNodeProps) {
  const { host, cache } = useApi();
  const workspace = useWorkspace();
  const remove = async () => {
    await host.client.call('removeNode', { params: { id: workspace.id, nodeId: node.id } });
    onRemoved();
    await cache.invalidateQueries({ queryKey: keys.nodes(workspace.id) });
    toast({ text: `${node.name} is no longer in ${workspace.name}`, sign: 'done' });
  };
  const jobs = node.running.length;
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={`Remove ${node.name} from ${workspace.name}?`}
      text={`${jobs === 0 ? 'It does nothing for this workspace now.' : `Its ${formatPlural(jobs, 'job')} go back in line.`} It can be added again with its share key.`}
      confirm={`Remove ${node.name}`}
      onConfirm={remove}
    />
  );
}
