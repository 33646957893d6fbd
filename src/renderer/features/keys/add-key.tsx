import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { type Provider, usualBaseUrl } from '../../../shared/model/api-key.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { toast } from '../../ui/toasts.tsx';

const choices: readonly { value: Provider; label: string }[] = [
  { value: 'openai_compatible', label: 'OpenAI-compatible' },
  { value: 'anthropic', label: 'Anthropic' },
];

/** Takes a provider's key; it is tried before it is kept. */
export function AddKey({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id } = useWorkspace();
  const form = useId();
  const [provider, setProvider] = useState<Provider>('openai_compatible');
  const [name, setName] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const [secret, setSecret] = useState('');
  const body = {
    name: name.trim() || (provider === 'anthropic' ? 'Anthropic' : 'OpenAI-compatible'),
    provider,
    ...(baseUrl.trim() === '' ? {} : { baseUrl: baseUrl.trim() }),
    secret: secret.trim(),
  };
  const create = useMutation({
    mutationFn: (untested: boolean) =>
      client.call('createApiKey', { params: { id }, body: untested ? { ...body, untested } : body }),
    onSuccess: async (key) => {
      onOpenChange(false);
      toast({ text: `${key.name} is there, with ${formatPlural(key.models.length, 'model')}`, sign: 'done' });
      await Promise.all([
        cache.invalidateQueries({ queryKey: keys.providerKeys(id) }),
        cache.invalidateQueries({ queryKey: keys.models(id) }),
      ]);
    },
  });
  const failure = create.isError ? errorWords(create.error) : null;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a provider key"
      text="It is tried first, then kept encrypted on the host. Nobody can read it again, and no machine of the team gets it."
      width={480}
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          {failure?.code === 'key_refused' && (
            <Button pending={create.isPending} onClick={() => create.mutate(true)}>
              Keep it untested
            </Button>
          )}
          <Button type="submit" form={form} variant="main" pending={create.isPending}>
            Try and keep
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(false);
        }}
      >
        <Segmented label="Provider" value={provider} segments={choices} onChange={setProvider} />
        <Field label="Name" help="What your team calls it">
          <Input
            value={name}
            maxLength={120}
            placeholder={body.name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Address" help="Leave it empty for the provider's own">
          <Input
            mono
            value={baseUrl}
            maxLength={500}
            spellCheck={false}
            placeholder={usualBaseUrl[provider]}
            onChange={(event) => setBaseUrl(event.target.value)}
          />
        </Field>
        <Field label="Key" error={failure === null ? undefined : `${failure.what} ${failure.next}`}>
          <Input
            mono
            type="password"
            autoComplete="off"
            spellCheck={false}
            maxLength={2000}
            value={secret}
            onChange={(event) => {
              setSecret(event.target.value);
              create.reset();
            }}
          />
        </Field>
      </form>
    </Dialog>
  );
}
