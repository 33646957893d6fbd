import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/api.ts';
import { providerKeysQuery } from '../../api/queries.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyPanel } from '../../ui/empty-state.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { LoadingWords, Skeleton } from '../../ui/skeleton.tsx';
import { AddKey } from './add-key.tsx';
import { HttpAccess } from './http-access.tsx';
import { KeyTable } from './key-table.tsx';
import { Secrets } from './secrets.tsx';

/** Provider keys of a workspace, its secrets, and the private addresses that its steps may reach. */
export function KeysPage() {
  const workspace = useWorkspace();
  const keys = useQuery(providerKeysQuery(useApi(), workspace.id));
  const mayAdd = useMay('admin');
  const [adding, setAdding] = useState(false);
  const add = mayAdd && (
    <Button size="s" variant="main" icon={Plus} onClick={() => setAdding(true)}>
      Add a key
    </Button>
  );
  if (keys.data === undefined && keys.isError) {
    return (
      <>
        <PageHeader trail={['Keys']} />
        <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
          <LoadError
            title="The keys could not be loaded"
            error={keys.error}
            onRetry={() => void keys.refetch()}
            retrying={keys.isFetching}
          />
        </div>
      </>
    );
  }
  const all = keys.data ?? [];
  return (
    <>
      <PageHeader
        trail={['Keys']}
        status={all.length > 0 ? formatPlural(all.length, 'provider key') : undefined}
        actions={add}
      />
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="mx-auto flex max-w-240 flex-col gap-4">
          <Panel title="Provider keys">
            {keys.data === undefined ? (
              <div className="p-4">
                <LoadingWords>Loading the keys</LoadingWords>
                <Skeleton width="100%" height={72} />
              </div>
            ) : all.length === 0 ? (
              <EmptyPanel
                title="No key yet"
                actions={
                  mayAdd && (
                    <Button icon={KeyRound} onClick={() => setAdding(true)}>
                      Add a key
                    </Button>
                  )
                }
              >
                With the key of a provider, the steps of this workspace reach its models. It is kept encrypted, used
                only by the host, and never shown again.
              </EmptyPanel>
            ) : (
              <KeyTable keys={all} />
            )}
          </Panel>
          <Secrets />
          <HttpAccess />
        </div>
      </div>
      {adding && <AddKey open onOpenChange={setAdding} />}
    </>
  );
}
