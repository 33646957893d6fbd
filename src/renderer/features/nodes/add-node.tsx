import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { parseShareKey } from '../../../shared/share-key.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { isLoopback, joinAddress } from '../../app/addresses.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { CopyLine } from '../../ui/copy-line.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { MachineChip } from '../../ui/machine-chip.tsx';
import { toast } from '../../ui/toasts.tsx';

interface AddNodeProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onAdded: (nodeId: string) => void;
}

/** Two ways: type the key of a node that is connected here, or let a machine come with the workspace's key. */
export function AddNode({ open, onOpenChange, onAdded }: AddNodeProps) {
  const workspace = useWorkspace();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Add a node to ${workspace.name}`} width={500}>
      <ByKey onAdded={onAdded} onClose={() => onOpenChange(false)} />
      <ByCommand workspace={workspace} />
    </Dialog>
  );
}

function ByKey({ onAdded, onClose }: { onAdded: (nodeId: string) => void; onClose: () => void }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const workspace = useWorkspace();
  const form = useId();
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState(false);
  const key = parseShareKey(typed);
  const add = useMutation({
    mutationFn: (shareKey: string) =>
      client.call('addNodeByKey', { params: { id: workspace.id }, body: { share_key: shareKey } }),
    onSuccess: async (node) => {
      await cache.invalidateQueries({ queryKey: keys.nodes(workspace.id) });
      toast({
        text: `${node.name} now works for ${workspace.name}`,
        sign: { lead: <MachineChip colour={node.colour} mark={node.mark} /> },
      });
      onClose();
      onAdded(node.id);
    },
  });
  const mistake = asked && key === null ? 'A share key has 8 letters and digits.' : undefined;
  const failure = add.isError ? `${errorWords(add.error).what} ${errorWords(add.error).next}` : undefined;
  return (
    <form
      id={form}
      className="mt-3 row items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (key !== null) add.mutate(key);
      }}
    >
      <Field
        className="flex-1"
        label="Share key of the node"
        help="It stands under This node there. Case, spaces and look-alikes do not matter."
        error={mistake ?? failure}
      >
        <Input
          size="l"
          mono
          autoFocus
          spellCheck={false}
          placeholder="AB3X7K9M"
          maxLength={32}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            add.reset();
          }}
        />
      </Field>
      <Button type="submit" size="l" variant="main" className="mt-6" pending={add.isPending}>
        Add
      </Button>
    </form>
  );
}

function ByCommand({ workspace }: { workspace: Workspace }) {
  const { client, origin } = useApi().host;
  const cache = useQueryClient();
  const switchOn = useMutation({
    mutationFn: () => client.call('updateWorkspace', { params: { id: workspace.id }, body: { shareKeyEnabled: true } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.workspaces }),
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  return (
    <section className="mt-5 border-t border-line pt-4">
      <h3 className="font-strong">Or let a machine come by itself</h3>
      {workspace.share_key === null ? (
        <>
          <p className="mt-1 text-12 text-ink-2">
            A workspace key lets machines ask to join. It is off until you switch it on.
          </p>
          <Button size="s" className="mt-3" pending={switchOn.isPending} onClick={() => switchOn.mutate()}>
            Switch the workspace key on
          </Button>
        </>
      ) : (
        <>
          <p className="mt-1 mb-3 text-12 text-ink-2">
            Run this on it.{' '}
            {workspace.approveNodes ? 'It then waits on this page until you let it in.' : 'It is let in at once.'}
            {isLoopback(origin) && ' As the host runs now, only this computer reaches it.'}
          </p>
          <CopyLine text={`otherthing join ${workspace.share_key}@${joinAddress(origin)}`} />
        </>
      )}
    </section>
  );
}
