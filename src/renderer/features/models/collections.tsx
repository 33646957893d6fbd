import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Collection } from '../../../shared/model/vectors.ts';
import { useApi } from '../../api/api.ts';
import { keys } from '../../api/keys.ts';
import { collectionsQuery } from '../../api/queries.ts';
import { DeleteButton } from '../../app/delete-button.tsx';
import { PanelList } from '../../app/panel-list.tsx';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { formatBytes, formatCount, formatPlural } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** The collections of texts and embeddings that a workspace searches by meaning. */
export function Collections() {
  const { id } = useWorkspace();
  const collections = useQuery(collectionsQuery(useApi(), id));
  return (
    <Panel title="Collections" note="Texts with their embeddings, kept by this host" className="m-5 shrink-0">
      <PanelList
        what="collections"
        query={collections}
        empty={
          <EmptyPanel title="No collection yet">
            The step Vector upsert keeps texts in one, and Vector search finds them by meaning. The sample Ask your
            documents shows both.
          </EmptyPanel>
        }
      >
        {(collection) => <CollectionRow key={collection.name} of={collection} />}
      </PanelList>
    </Panel>
  );
}

function CollectionRow({ of: { name, items, dimensions, bytes, createdAt } }: { of: Collection }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id } = useWorkspace();
  const mayDelete = useMay('member');
  const remove = async () => {
    await client.call('deleteCollection', { params: { id, name } });
    await cache.invalidateQueries({ queryKey: keys.collections(id) });
  };
  return (
    <li className="row min-h-13 gap-4 border-b border-line px-4 last:border-0">
      <div className="min-w-0 flex-1 leading-[18px]">
        <div className="cut font-mono text-12 text-ink">{name}</div>
        <div className="cut text-12 text-ink-3">
          {formatCount(dimensions)} numbers each, begun <RelativeTime at={createdAt} />
        </div>
      </div>
      <span className="text-12 text-ink-2">{formatPlural(items, 'text')}</span>
      <span className="w-18 text-right text-12 text-ink-2">{formatBytes(bytes)}</span>
      {mayDelete && (
        <DeleteButton
          name={name}
          text={`Its ${formatPlural(items, 'text')} and their embeddings go with it. Steps that search it fail until it is filled again.`}
          remove={remove}
        />
      )}
    </li>
  );
}
