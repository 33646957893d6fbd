import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, RefreshCw, RotateCcwKey, ToggleLeft, ToggleRight, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ProviderKey } from '../../../shared/model/api-key.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys as cacheKeys } from '../../api/keys.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, TableRow } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { RotateKey } from './rotate-key.tsx';

const columns = [
  { head: 'Name' },
  { head: 'Key', width: '110px' },
  { head: 'Models', width: '110px', narrow: false },
  { head: 'Last used', width: '180px', narrow: false },
  { head: '', label: 'Actions', width: '52px' },
];

export const KeyTable = ({ keys }: { keys: readonly ProviderKey[] }) => (
  <Table label="Provider keys" columns={columns} rows="rich">
    {keys.map((key) => (
      <KeyRow key={key.id} of={key} />
    ))}
  </Table>
);

const KeyRow = ({ of: key }: { of: ProviderKey }) => (
  <TableRow>
    <td>
      <div className="row gap-2">
        <span className="cut font-strong">{key.name}</span>
        {!key.enabled && <Chip>Disabled</Chip>}
      </div>
      <div className="cut text-12 text-ink-3">
        {key.provider === 'anthropic' ? 'Anthropic' : 'OpenAI-compatible'}, {hostOf(key.baseUrl)}
      </div>
      {key.lastError !== null && <div className="text-12 text-fail">{key.lastError.message}</div>}
    </td>
    <td className="font-mono text-12">{key.last4 === '' ? 'Hidden' : `…${key.last4}`}</td>
    <td>{key.modelsAt === null ? 'Not asked yet' : formatPlural(key.models.length, 'model')}</td>
    <td className="text-ink-2">
      {key.lastUsedAt === null ? (
        'Never'
      ) : (
        <>
          <RelativeTime at={key.lastUsedAt} />
          {key.lastUsedBy !== null && `, ${key.lastUsedBy}`}
        </>
      )}
    </td>
    <td>
      <KeyMenu of={key} />
    </td>
  </TableRow>
);

function KeyMenu({ of: key }: { of: ProviderKey }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id: workspaceId } = useWorkspace();
  const [asking, setAsking] = useState<'rotate' | 'delete' | null>(null);
  const mayChange = useMay('admin');
  const params = { id: key.id };
  const changed = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: cacheKeys.providerKeys(workspaceId) }),
      cache.invalidateQueries({ queryKey: cacheKeys.models(workspaceId) }),
    ]);
  const failed = (error: unknown) => toast({ text: errorWords(error).what, sign: 'failed' });
  const refresh = useMutation({
    mutationFn: () => client.call('refreshApiKey', { params }),
    onSuccess: async (after) => {
      await changed();
      if (after.lastError === null)
        toast({ text: `${after.name} works, with ${formatPlural(after.models.length, 'model')}`, sign: 'done' });
      else toast({ text: after.lastError.message, sign: 'failed' });
    },
    onError: failed,
  });
  const enable = useMutation({
    mutationFn: (enabled: boolean) => client.call('updateApiKey', { params, body: { enabled } }),
    onSuccess: changed,
    onError: failed,
  });
  const remove = async () => {
    await client.call('deleteApiKey', { params });
    await changed();
  };
  if (!mayChange) return null;
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} size="s" variant="ghost" label={`More for ${key.name}`} />}>
        <MenuItem icon={RefreshCw} onSelect={() => refresh.mutate()}>
          Try it, and list its models
        </MenuItem>
        <MenuItem icon={RotateCcwKey} onSelect={() => setAsking('rotate')}>
          Put in a fresh key
        </MenuItem>
        <MenuItem icon={key.enabled ? ToggleLeft : ToggleRight} onSelect={() => enable.mutate(!key.enabled)}>
          {key.enabled ? 'Disable' : 'Enable'}
        </MenuItem>
        <MenuItem icon={Trash2} danger onSelect={() => setAsking('delete')}>
          Delete
        </MenuItem>
      </Menu>
      {asking === 'rotate' && <RotateKey of={key} onClose={() => setAsking(null)} onDone={changed} />}
      <Confirm
        open={asking === 'delete'}
        onOpenChange={() => setAsking(null)}
        title={`Delete ${key.name}?`}
        text="Steps that use it fail until another key is chosen in them. The key cannot be brought back from here."
        confirm={`Delete ${key.name}`}
        onConfirm={remove}
      />
    </>
  );
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);
