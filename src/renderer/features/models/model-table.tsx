import { useMutation } from '@tanstack/react-query';
import { Ellipsis, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { presenceOf } from '../../app/node-facts.ts';
import { IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { MachineName } from '../../ui/machine-chip.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { formatMemory } from '../../ui/numbers.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Column, Table, TableRow } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { changeable, contextWords, kindWords, type ModelPlace, type ModelRow } from './rows.ts';

const columns: readonly Column[] = [
  { head: 'Model', width: '36%' },
  { head: 'Where' },
  { head: 'Size', width: '96px', right: true, narrow: false },
  { head: 'Context', width: '112px', right: true, narrow: false },
  { head: '', label: 'Actions', width: '48px' },
];

export const ModelTable = ({ rows, mayChange }: { rows: readonly ModelRow[]; mayChange: boolean }) => (
  <Table label="Models" columns={columns} rows="rich" fixed>
    {rows.map((row) => (
      <TableRow key={row.name}>
        <td className="leading-[18px]">
          <div className="cut font-mono text-12 text-ink">{row.name}</div>
          <div className="cut text-12 text-ink-3">{kindWords(row)}</div>
        </td>
        <td>
          <ul className="flex flex-wrap gap-x-4 gap-y-1" aria-label={`Nodes with ${row.name}`}>
            {row.places.map((place) => (
              <li key={place.node.id} className="row gap-2 text-12">
                <Place place={place} />
              </li>
            ))}
          </ul>
        </td>
        <td data-right="">{row.sizeMb === null ? '' : formatMemory(row.sizeMb)}</td>
        <td data-right="">{contextWords(row.context)}</td>
        <td>{mayChange && <RowMenu row={row} />}</td>
      </TableRow>
    ))}
  </Table>
);

const Place = ({ place: { node, loaded, server } }: { place: ModelPlace }) => (
  <>
    <MachineName colour={node.colour} mark={node.mark} presence={presenceOf(node)} name={node.name} />
    <span className="text-ink-3">{[loaded === true ? 'loaded' : null, server].filter(Boolean).join(', ')}</span>
  </>
);

/** Removing a model from one of the nodes that allow it. */
function RowMenu({ row }: { row: ModelRow }) {
  const { client } = useApi().host;
  const [going, setGoing] = useState<ModelPlace | null>(null);
  const allowed = new Set(changeable(row.places.map(({ node }) => node)).map(({ id }) => id));
  const places = row.places.filter(({ node }) => allowed.has(node.id));
  const remove = useMutation({
    mutationFn: (nodeId: string) =>
      client.call('changeNodeModels', { params: { id: nodeId }, body: { action: 'remove', model: row.name } }),
    onError: (error) => toast({ text: errorWords(error).what, sign: 'failed' }),
  });
  if (places.length === 0) return null;
  return (
    <>
      <Menu trigger={<IconButton size="s" variant="ghost" icon={Ellipsis} label={`Actions for ${row.name}`} />}>
        {places.map((place) => (
          <MenuItem key={place.node.id} icon={Trash2} danger onSelect={() => setGoing(place)}>
            Remove from {place.node.name}
          </MenuItem>
        ))}
      </Menu>
      {going !== null && (
        <Confirm
          open
          onOpenChange={() => setGoing(null)}
          title={`Remove ${row.name} from ${going.node.name}?`}
          text="Steps that use it there run on other nodes that have it, or wait. It can be fetched again."
          confirm={`Remove ${row.name}`}
          onConfirm={() => remove.mutateAsync(going.node.id)}
        />
      )}
    </>
  );
}

export const ModelTableSkeleton = () => (
  <Table label="Models" columns={columns} rows="rich" fixed>
    {[1, 2, 3].map((row) => (
      <tr key={row}>
        <td>
          <Skeleton width="70%" className="mb-2" />
          <Skeleton width="40%" />
        </td>
        <td>
          <Skeleton width="50%" />
        </td>
        <td>
          <Skeleton width="60%" />
        </td>
        <td>
          <Skeleton width="60%" />
        </td>
        <td />
      </tr>
    ))}
  </Table>
);
