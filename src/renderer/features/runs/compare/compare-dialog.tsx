import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RunDetail, RunSummary, StepDetail } from '../../../../shared/model/run.ts';
import { useApi } from '../../../api/api.ts';
import { errorWords } from '../../../api/error-words.ts';
import { runStepQuery, runsQuery } from '../../../api/queries.ts';
import { useMachines } from '../../../app/machines.ts';
import { runWords } from '../../../app/run-words.ts';
import { useWorkspace } from '../../../app/workspace.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorPanel } from '../../../ui/error-state.tsx';
import { Field } from '../../../ui/field.tsx';
import { Facts } from '../../../ui/panel.tsx';
import { Select } from '../../../ui/select.tsx';
import { LoadingWords, Skeleton } from '../../../ui/skeleton.tsx';
import { StateBadge } from '../../../ui/state-badge.tsx';
import { glyphOfStep } from '../../../ui/states.ts';
import { factRows } from '../step-facts.tsx';
import type { Chosen } from '../timeline-view.tsx';
import { Beside, ComparedValues } from './compared-values.tsx';

interface CompareProps {
  detail: RunDetail;
  chosen: Chosen;
  /** What the step is called. */
  title: string;
  /** The other run, or '' while none is chosen. */
  other: string;
  onOther: (runId: string) => void;
  onClose: () => void;
}

/** A step in two runs of its flow, side by side: how it went, what went in, what came out. */
export function CompareDialog({ detail, chosen, title, other, onOther, onClose }: CompareProps) {
  const api = useApi();
  const { id: workspaceId } = useWorkspace();
  const { run } = detail;
  const runs = useInfiniteQuery(runsQuery(api, workspaceId, run.flowId === null ? {} : { flowId: run.flowId }));
  const others = (runs.data?.pages ?? [])
    .flatMap(({ items }) => items)
    .filter((one) => one.id !== run.id && one.flowId === run.flowId && one.flowName === run.flowName);
  return (
    <Dialog
      open={true}
      onOpenChange={(open) => !open && onClose()}
      title={`${title} in two runs`}
      width={1120}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      <div className="mt-3 flex flex-col gap-4">
        {runs.isPending ? (
          <Loading />
        ) : others.length === 0 && other === '' ? (
          <EmptyState title="There is no other run of this flow">
            Run it again, and the two can be laid side by side here.
          </EmptyState>
        ) : (
          <Field label={`Run ${run.number} beside`}>
            <Select
              value={others.some(({ id }) => id === other) ? other : ''}
              placeholder="Choose a run"
              options={others.map((one) => ({ value: one.id, label: `Run ${one.number}`, note: runWords(one) }))}
              onChange={onOther}
            />
          </Field>
        )}
        {runs.hasNextPage && (
          <Button
            size="s"
            className="self-start"
            pending={runs.isFetchingNextPage}
            onClick={() => void runs.fetchNextPage()}
          >
            Show older runs
          </Button>
        )}
        {other !== '' && <Compared run={run} chosen={chosen} other={other} others={others} />}
      </div>
    </Dialog>
  );
}

const Loading = () => (
  <div className="flex flex-col gap-3">
    <LoadingWords>Loading</LoadingWords>
    <Skeleton width="70%" />
    <Skeleton width="50%" />
  </div>
);

interface ComparedProps {
  run: RunSummary;
  chosen: Chosen;
  other: string;
  others: readonly RunSummary[];
}

function Compared({ run, chosen, other, others }: ComparedProps) {
  const api = useApi();
  const [one, two] = [
    useQuery(runStepQuery(api, run.id, chosen.step, chosen.path)),
    useQuery(runStepQuery(api, other, chosen.step, chosen.path)),
  ];
  const failed = [one, two].find(({ isError }) => isError);
  if (failed !== undefined) {
    return (
      <ErrorPanel
        title="This step is not there in both runs"
        onRetry={() => void failed.refetch()}
        retrying={failed.isFetching}
      >
        {errorWords(failed.error).what} {errorWords(failed.error).next}
      </ErrorPanel>
    );
  }
  if (one.data === undefined || two.data === undefined) return <Loading />;
  const number = others.find(({ id }) => id === other)?.number;
  return (
    <>
      <Beside
        left={<Head title={`Run ${run.number}`} step={one.data} />}
        right={<Head title={number === undefined ? 'The other run' : `Run ${number}`} step={two.data} />}
      />
      <Part title="What went in">
        <ComparedValues
          left={{ values: one.data.inputs, cut: one.data.cut }}
          right={{ values: two.data.inputs, cut: two.data.cut }}
          empty="Nothing went in."
        />
      </Part>
      <Part title="What came out">
        <ComparedValues
          left={{ values: one.data.outputs, cut: one.data.cut }}
          right={{ values: two.data.outputs, cut: two.data.cut }}
          empty="Nothing came out in either."
        />
      </Part>
    </>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="flex flex-col gap-2">
    <h3 className="font-strong">{title}</h3>
    {children}
  </section>
);

function Head({ title, step }: { title: string; step: StepDetail }) {
  const machines = useMachines();
  const { instance, attempts } = step;
  return (
    <div className="flex flex-col gap-2">
      <div className="row gap-2">
        <span className="font-strong">{title}</span>
        <StateBadge state={glyphOfStep[instance.state]} />
      </div>
      <Facts
        rows={[
          ...factRows(step, machines),
          ...(attempts.length > 1 ? [{ word: 'Tries', value: String(attempts.length) }] : []),
          ...(instance.error === undefined ? [] : [{ word: 'Error', value: instance.error.message }]),
        ]}
      />
    </div>
  );
}
