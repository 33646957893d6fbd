import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { httpAccessQuery } from '../../api/queries.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Textarea } from '../../ui/textarea.tsx';
import { toast } from '../../ui/toasts.tsx';

/** The private addresses that HTTP steps may reach (S9). */
export function HttpAccess() {
  const { id } = useWorkspace();
  const allowed = useQuery(httpAccessQuery(useApi(), id));
  return (
    <Panel title="Private addresses">
      <div className="p-4">
        {allowed.data === undefined ? (
          <Skeleton width="100%" height={72} />
        ) : (
          <Entries key={allowed.data.join('\n')} kept={allowed.data} />
        )}
      </div>
    </Panel>
  );
}

function Entries({ kept }: { kept: readonly string[] }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id } = useWorkspace();
  const mayChange = useMay('admin');
  const [text, setText] = useState(kept.join('\n'));
  const allow = text.split('\n').flatMap((line) => line.trim() || []);
  const save = useMutation({
    mutationFn: () => client.call('putHttpAccess', { params: { id }, body: { allow } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.httpAccess(id) });
      toast({ text: 'HTTP requests may reach these addresses now', sign: 'done' });
    },
  });
  return (
    <>
      <Field
        label="HTTP requests of this workspace may reach"
        help="One on each line: a name, an address or a network, with or without a port. Without any, only public addresses are reached."
        error={save.isError ? errorWords(save.error).what : undefined}
      >
        <Textarea
          rows={3}
          spellCheck={false}
          readOnly={!mayChange}
          placeholder={'nas.local\n192.168.1.0/24'}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      {mayChange && allow.join('\n') !== kept.join('\n') && (
        <Button size="s" className="mt-3" variant="main" pending={save.isPending} onClick={() => save.mutate()}>
          Save
        </Button>
      )}
    </>
  );
}
