import type { StepDetail } from '../../../shared/model/run.ts';
import type { Machines } from '../../app/machines.ts';
import { MachineName } from '../../ui/machine-chip.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** Where a piece of work was done, when, and how long it took; for Facts. */
export function factRows({ instance }: StepDetail, machines: Machines) {
  const machine = instance.nodeId === undefined ? undefined : machines.get(instance.nodeId);
  const where =
    machine === undefined ? (
      instance.nodeId === undefined ? (
        'On the host'
      ) : (
        'A removed node'
      )
    ) : (
      <MachineName {...machine} />
    );
  const inLine =
    instance.readyAt !== undefined && instance.startedAt !== undefined ? instance.startedAt - instance.readyAt : null;
  const ran =
    instance.startedAt !== undefined && instance.finishedAt !== undefined
      ? instance.finishedAt - instance.startedAt
      : null;
  return [
    ...(instance.startedAt === undefined && instance.nodeId === undefined ? [] : [{ word: 'Where', value: where }]),
    ...(instance.startedAt === undefined ? [] : [{ word: 'Started', value: <RelativeTime at={instance.startedAt} /> }]),
    ...(inLine === null || instance.jobId === undefined ? [] : [{ word: 'In line', value: formatDuration(inLine) }]),
    ...(ran === null ? [] : [{ word: 'Ran', value: formatDuration(ran) }]),
    ...(instance.items === undefined
      ? []
      : [
          {
            word: 'Items',
            value: `${instance.items.done} of ${instance.items.total}${instance.items.failed > 0 ? `, ${instance.items.failed} failed` : ''}`,
          },
        ]),
  ];
}
