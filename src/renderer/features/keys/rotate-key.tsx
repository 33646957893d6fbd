import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ProviderKey } from '../../../shared/model/api-key.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { toast } from '../../ui/toasts.tsx';

interface RotateKeyProps {
  of: ProviderKey;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

/** Takes a fresh secret for a key that steps use already. */
export function RotateKey({ of: key, onClose, onDone }: RotateKeyProps) {
  const { client } = useApi().host;
  const form = useId();
  const [secret, setSecret] = useState('');
  const rotate = useMutation({
    mutationFn: () => client.call('updateApiKey', { params: { id: key.id }, body: { secret: secret.trim() } }),
    onSuccess: async () => {
      onClose();
      toast({ text: `${key.name} has a fresh key`, sign: 'done' });
      await onDone();
    },
  });
  // What else the host offers, keeping it untested, is for a first key.
  const failure = rotate.isError ? errorWords(rotate.error).what : undefined;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`A fresh key for ${key.name}`}
      text="It is tried first, and then takes the place of the old one. Steps go on as they are."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="main" pending={rotate.isPending}>
            Try and replace
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-3"
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <Field label="Key" error={failure}>
          <Input
            mono
            type="password"
            spellCheck={false}
            maxLength={2000}
            value={secret}
            onChange={(event) => {
              setSecret(event.target.value);
              rotate.reset();
            }}
          />
        </Field>
      </form>
    </Dialog>
  );
}
