import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useId, useState } from 'react';
import type { SecretEntry } from '../../../shared/model/api-key.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { secretsQuery } from '../../api/queries.ts';
import { DeleteButton } from '../../app/delete-button.tsx';
import { PanelList } from '../../app/panel-list.tsx';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** The secrets of a workspace by name. */
export function Secrets() {
  const { id } = useWorkspace();
  const secrets = useQuery(secretsQuery(useApi(), id));
  const mayPut = useMay('admin');
  const [putting, setPutting] = useState(false);
  const end = mayPut && (
    <Button size="s" variant="ghost" icon={Plus} onClick={() => setPutting(true)}>
      Add a secret
    </Button>
  );
  return (
    <Panel title="Secrets" end={end}>
      <PanelList
        what="secrets"
        query={secrets}
        empty={
          <EmptyPanel title="No secret yet">
            An HTTP request sends one where you write {'{{ secrets.NAME }}'}. It is kept encrypted, and hidden in logs
            and results.
          </EmptyPanel>
        }
      >
        {(secret) => <SecretRow key={secret.name} of={secret} />}
      </PanelList>
      {putting && <PutSecret onClose={() => setPutting(false)} />}
    </Panel>
  );
}

function SecretRow({ of: { name, updatedAt, lastUsedAt } }: { of: SecretEntry }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id } = useWorkspace();
  const mayDelete = useMay('admin');
  const remove = async () => {
    await client.call('deleteSecret', { params: { id, name } });
    await cache.invalidateQueries({ queryKey: keys.secrets(id) });
  };
  return (
    <li className="row min-h-10 gap-3 border-b border-line px-4 last:border-0">
      <span className="cut font-mono text-12">{name}</span>
      <span className="ml-auto text-12 text-ink-3">
        Put in <RelativeTime at={updatedAt} />
        {lastUsedAt !== null && (
          <>
            , used <RelativeTime at={lastUsedAt} />
          </>
        )}
      </span>
      {mayDelete && (
        <DeleteButton
          name={name}
          text="Steps that send it fail until there is a secret of this name again."
          remove={remove}
        />
      )}
    </li>
  );
}

const nameForm = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;

function PutSecret({ onClose }: { onClose: () => void }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id } = useWorkspace();
  const form = useId();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [asked, setAsked] = useState(false);
  const put = useMutation({
    mutationFn: () => client.call('putSecret', { params: { id, name }, body: { value } }),
    onSuccess: async () => {
      onClose();
      await cache.invalidateQueries({ queryKey: keys.secrets(id) });
    },
  });
  const badName = asked && !nameForm.test(name) ? 'Letters, digits and _, beginning with a letter.' : undefined;
  const noValue = asked && value === '' ? 'Put in the secret.' : undefined;
  const failure = put.isError ? errorWords(put.error).what : undefined;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add a secret"
      text="A name that is there already gets the new value. Nobody can read it again."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="main" pending={put.isPending}>
            Keep it
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (nameForm.test(name) && value !== '') put.mutate();
        }}
      >
        <Field label="Name" error={badName} help={`Steps write {{ secrets.${name || 'NAME'} }}`}>
          <Input
            mono
            spellCheck={false}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Secret" error={noValue ?? failure}>
          <Input
            mono
            type="password"
            spellCheck={false}
            maxLength={16_000}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}
