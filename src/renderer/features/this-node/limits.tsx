import type { ResourceLimits } from '../../../shared/model/node.ts';
import type { NodeReport, ThisNode } from '../../../shared/model/this-node.ts';
import { MachineLimits } from '../../app/limits/machine-limits.tsx';
import { Panel } from '../../ui/panel.tsx';
import type { Change } from './own-node.ts';

const key = (look: string, word: string) => (
  <span className="row gap-2">
    <i className={`h-1 w-3 rounded-2 ${look}`} />
    {word}
  </span>
);

/** What others may use of this machine; its owner moves it here. */
export function Limits({ own, report, change }: { own: ThisNode; report: NodeReport; change: Change }) {
  const set = (limits: ResourceLimits) => change({ do: 'change', settings: { limits } });
  return (
    <Panel
      title="What others may use"
      end={
        <>
          {key('bg-machine', 'in use now')}
          {key('bg-ink', 'shared')}
        </>
      }
    >
      <MachineLimits machine={report} limits={own.limits} set={set} />
      <p className="px-4 py-3 text-12 text-ink-3">
        {report.coresBy === 'bound'
          ? 'Jobs run on the shared cores only. '
          : 'No more jobs run at once than these cores allow, at low priority. '}
        A job that takes more memory than it asked for is ended. GPU memory is set aside for jobs, beside what other
        programs use of it; nothing can fence it.
      </p>
    </Panel>
  );
}
