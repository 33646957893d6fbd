import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Workspace } from '../../shared/model/workspace.ts';
import { useApi } from '../api/api.ts';
import { errorWords } from '../api/error-words.ts';
import { keys } from '../api/keys.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';

interface WorkspaceDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The workspace to rename; null makes a new one. */
  rename: Workspace | null;
  onMade: (workspace: Workspace) => void;
}

/** Names a workspace: a new one, or one that is there. */
export function WorkspaceDialog({ open, onOpenChange, rename, onMade }: WorkspaceDialogProps) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const form = useId();
  const [name, setName] = useState(rename?.name ?? '');
  const save = useMutation({
    mutationFn: (to: string) =>
      rename === null
        ? client.call('createWorkspace', { body: { name: to } })
        : client.call('updateWorkspace', { params: { id: rename.id }, body: { name: to } }),
    onSuccess: async (saved) => {
      await cache.invalidateQueries({ queryKey: keys.workspaces });
      onOpenChange(false);
      onMade(saved);
    },
  });
  const given = name.trim();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={rename === null ? 'New workspace' : `Rename ${rename.name}`}
      text={
        rename === null
          ? 'Members, nodes, flows and runs belong to a workspace; nothing crosses from one to another.'
          : undefined
      }
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="main" type="submit" form={form} disabled={given === ''} pending={save.isPending}>
            {rename === null ? 'Make it' : 'Rename'}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== '') save.mutate(given);
        }}
      >
        <Field label="Name" error={save.isError ? errorWords(save.error).what : undefined}>
          <Input value={name} maxLength={120} autoFocus onChange={(event) => setName(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
