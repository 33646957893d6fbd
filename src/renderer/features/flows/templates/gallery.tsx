import { useQuery } from '@tanstack/react-query';
import { Plus, Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { flowsQuery, modelsQuery, samplesQuery } from '../../../api/queries.ts';
import { useMachines } from '../../../app/machines.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorPanel } from '../../../ui/error-state.tsx';
import { Input } from '../../../ui/input.tsx';
import { LoadingWords, Skeleton } from '../../../ui/skeleton.tsx';
import type { FlowActions } from '../flow-actions.ts';
import { pictureColours } from '../flow-table.tsx';
import { TemplateCard } from './template-card.tsx';
import { findTemplates, type Template, templateOfFlow, templateOfSample } from './templates.ts';

/** What a new flow can begin as: the samples that come with the program, and copies of the workspace's own flows. */
export function Gallery({ actions, onClose }: { actions: FlowActions; onClose: () => void }) {
  const [asked, setAsked] = useState('');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New flow from a template"
      text="It becomes a flow of this workspace, yours to change."
      width={920}
      foot={
        <>
          <Button icon={Plus} pending={actions.create.isPending} onClick={() => actions.create.mutate({})}>
            Empty flow
          </Button>
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <Input
        className="mt-4"
        icon={Search}
        aria-label="Find a template"
        placeholder="Find a template"
        autoFocus
        value={asked}
        onChange={(event) => setAsked(event.target.value)}
      />
      <div className="-mx-5 mt-4 flex h-[calc(88vh-270px)] flex-col gap-5 overflow-y-auto px-5 pb-1">
        <Templates asked={asked} actions={actions} />
      </div>
    </Dialog>
  );
}

function Templates({ asked, actions }: { asked: string; actions: FlowActions }) {
  const api = useApi();
  const { id: workspaceId } = useWorkspace();
  const machines = useMachines();
  const samples = useQuery(samplesQuery(api));
  const flows = useQuery(flowsQuery(api, workspaceId));
  const models = useQuery(modelsQuery(api, workspaceId)).data;
  const failed = [samples, flows].filter(({ isError, data }) => isError && data === undefined);
  const [first] = failed;
  if (first !== undefined) {
    const { what, next } = errorWords(first.error);
    return (
      <ErrorPanel
        title="The templates could not be loaded"
        onRetry={() => {
          for (const query of failed) void query.refetch();
        }}
        retrying={failed.some(({ isFetching }) => isFetching)}
      >
        {what} {next}
      </ErrorPanel>
    );
  }
  if (samples.data === undefined || flows.data === undefined) return <Loading />;
  const own = new Map(flows.data.map((flow) => [flow.id, flow]));
  const ready = findTemplates(
    samples.data.map((sample) => templateOfSample(sample, models)),
    asked,
  );
  const copies = findTemplates(flows.data.map(templateOfFlow), asked);
  if (ready.length + copies.length === 0) return <p className="text-ink-3">No template says that.</p>;
  const card = (template: Template) => {
    const flow = own.get(template.id);
    return (
      <TemplateCard
        key={template.id}
        template={template}
        {...(flow === undefined ? {} : { colours: pictureColours(flow, machines) })}
        disabled={actions.create.isPending}
        onChoose={() => actions.create.mutate(template.from)}
      />
    );
  };
  return (
    <>
      {ready.length > 0 && <Part title="Samples">{ready.map(card)}</Part>}
      {copies.length > 0 && <Part title="Copies of your flows">{copies.map(card)}</Part>}
    </>
  );
}

const grid = 'grid grid-cols-[repeat(auto-fill,minmax(250px,1fr))] gap-3';

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title}>
    <h3 className="mb-2 font-strong">{title}</h3>
    <ul className={grid}>{children}</ul>
  </section>
);

const Loading = () => (
  <div className={grid}>
    <LoadingWords>Loading the templates</LoadingWords>
    {[70, 55, 62].map((width) => (
      <div key={width} className="flex flex-col gap-2.5 rounded-panel border border-line p-3">
        <Skeleton width="100%" height={96} />
        <Skeleton width={`${width}%`} />
      </div>
    ))}
  </div>
);
