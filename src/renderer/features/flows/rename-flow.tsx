import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { FlowSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';

interface RenameFlowProps {
  flow: FlowSummary;
  onClose: () => void;
  onDone: () => void;
}

export function RenameFlow({ flow, onClose, onDone }: RenameFlowProps) {
  const { client } = useApi().host;
  const form = useId();
  const [name, setName] = useState(flow.name);
  const rename = useMutation({
    mutationFn: (to: string) => client.call('updateFlow', { params: { id: flow.id }, body: { name: to } }),
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Rename ${flow.name}`}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="main" type="submit" form={form} disabled={name.trim() === ''} pending={rename.isPending}>
            Rename
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') rename.mutate(name.trim());
        }}
      >
        <Field label="Name" error={rename.isError ? errorWords(rename.error).what : undefined}>
          <Input value={name} maxLength={120} autoFocus onChange={(event) => setName(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
