import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import type { Node } from '../../../shared/model/node.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { gpuWords, hardwareWords } from '../../app/node-facts.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { toast } from '../../ui/toasts.tsx';

/** Machines that came with the workspace's key and wait to be let in. */
export function WaitingNodes({ nodes }: { nodes: readonly Node[] }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const workspace = useWorkspace();
  const mayDecide = useMay('admin');
  const onError = (error: unknown) => toast({ text: errorWords(error).what, sign: 'failed' });
  const onSuccess = () => cache.invalidateQueries({ queryKey: keys.nodes(workspace.id) });
  const params = (node: Node) => ({ id: workspace.id, nodeId: node.id });
  const approve = useMutation({
    mutationFn: (node: Node) => client.call('approveNode', { params: params(node) }),
    onError,
    onSuccess,
  });
  const refuse = useMutation({
    mutationFn: (node: Node) => client.call('removeNode', { params: params(node) }),
    onError,
    onSuccess,
  });
  if (nodes.length === 0) return null;
  return (
    <section aria-label="Waiting to be let in" className="flex-none border-b border-line bg-warn-soft px-5 py-3">
      <h2 className="row gap-2 font-strong">
        <StateGlyph state="asks" />
        {formatPlural(nodes.length, 'machine')} {nodes.length === 1 ? 'waits' : 'wait'} to be let in
      </h2>
      <ul className="mt-2 flex flex-col gap-1.5">
        {nodes.map((node, index) => (
          <li key={node.id} className="row flex-wrap gap-2.5">
            <MachineChip colour={node.colour} mark={node.mark} size={20} />
            <span className="font-strong">{node.name}</span>
            <span className="cut text-12 text-ink-2">
              {gpuWords(node)}, {hardwareWords(node)}
            </span>
            {mayDecide && (
              <span className="ml-auto row gap-2">
                <Button size="s" disabled={refuse.isPending} onClick={() => refuse.mutate(node)}>
                  Turn {node.name} away
                </Button>
                <Button
                  size="s"
                  variant={index === 0 ? 'go' : 'plain'}
                  icon={Check}
                  disabled={approve.isPending}
                  onClick={() => approve.mutate(node)}
                >
                  Let {node.name} in
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
