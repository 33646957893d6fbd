import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/api.ts';
import { nodesQuery } from '../../api/queries.ts';
import { LoadError } from '../../app/page-states.tsx';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { InlineCode } from '../../ui/code-text.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadingWords } from '../../ui/skeleton.tsx';
import { Collections } from './collections.tsx';
import { FetchModel } from './fetch-model.tsx';
import { ModelTable, ModelTableSkeleton } from './model-table.tsx';
import { changeable, type ModelRow, modelRows } from './rows.ts';

/** The models on the nodes of a workspace: what is where, how big, whether it is loaded; and what embeddings are kept. */
export function ModelsPage() {
  const { id: workspaceId } = useWorkspace();
  const nodes = useQuery(nodesQuery(useApi(), workspaceId));
  const mayChange = useMay('admin');
  const [fetching, setFetching] = useState(false);
  const targets = mayChange ? changeable(nodes.data ?? []) : [];
  const rows = modelRows(nodes.data ?? []);
  return (
    <>
      <PageHeader
        trail={['Models']}
        status={rows.length > 0 ? whereWords(rows) : undefined}
        actions={
          targets.length > 0 && (
            <Button size="s" variant="main" icon={Download} onClick={() => setFetching(true)}>
              Fetch a model
            </Button>
          )
        }
      />
      <div className="flex min-h-0 flex-1 flex-col overflow-auto bg-surface">
        {nodes.data !== undefined ? (
          rows.length === 0 ? (
            <NoModels />
          ) : (
            <ModelTable rows={rows} mayChange={mayChange} />
          )
        ) : nodes.isError ? (
          <LoadError
            title="The models could not be loaded"
            error={nodes.error}
            onRetry={() => void nodes.refetch()}
            retrying={nodes.isFetching}
          />
        ) : (
          <>
            <LoadingWords>Loading the models</LoadingWords>
            <ModelTableSkeleton />
          </>
        )}
        {nodes.data !== undefined && <Collections />}
      </div>
      {fetching && <FetchModel nodes={targets} onClose={() => setFetching(false)} />}
    </>
  );
}

function whereWords(rows: readonly ModelRow[]): string {
  const nodes = new Set(rows.flatMap(({ places }) => places.map(({ node }) => node.id)));
  return `${formatPlural(rows.length, 'model')} on ${formatPlural(nodes.size, 'node')}`;
}

const NoModels = () => (
  <EmptyState title="No models on your nodes yet">
    Start Ollama, llama.cpp, LM Studio or vLLM on a machine that is a node: its models show here by themselves. A server
    at another address is named with <InlineCode>otherthing join --model-server URL</InlineCode>.
  </EmptyState>
);
