import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { runLimitOf } from '../../../shared/model/flow-settings.ts';
import type { RunDetail, RunSummary } from '../../../shared/model/run.ts';
import { useApi } from '../../api/api.ts';
import { runsQuery } from '../../api/queries.ts';
import { RunLink } from '../../app/run-link.tsx';
import { Notice } from '../../ui/notice.tsx';
import { formatClock, formatPlural } from '../../ui/numbers.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { stepName } from './run-data.ts';

/** Who or what started a run: "Mira", "A schedule", "A webhook", "Another flow"; null where nobody knows. */
export function starterWords({ startedBy, trigger }: Pick<RunSummary, 'startedBy' | 'trigger'>): string | null {
  switch (trigger?.kind) {
    case 'schedule':
      return 'A schedule';
    case 'webhook':
      return 'A webhook';
    case 'flow':
      return 'Another flow';
    case undefined:
      return startedBy;
  }
}

/** The same within a sentence: people keep their capital. */
export const lowerFirst = (words: string, { trigger }: Pick<RunSummary, 'trigger'>): string =>
  trigger === undefined ? words : words.charAt(0).toLowerCase() + words.slice(1);

/** Where a run came from, where that is more than somebody's press of Run: what started it, what it took over. */
export function Origins({ detail }: { detail: RunDetail }) {
  const said = originsOf(detail);
  if (said.length === 0) return null;
  return (
    <ul aria-label="Where it came from" className="flex flex-none flex-col gap-1 px-5 pt-3 text-12 text-ink-2">
      {said.map(({ key, words }) => (
        <li key={key}>{words}</li>
      ))}
    </ul>
  );
}

function originsOf(detail: RunDetail): { key: string; words: ReactNode }[] {
  const { trigger, parent, from, pinned, only, resumedAt } = detail.run;
  const names = (ids: readonly string[]) => ids.map((id) => stepName(detail, id)).join(', ');
  const said: { key: string; words: ReactNode }[] = [];
  const say = (key: string, words: ReactNode) => said.push({ key, words });
  if (parent !== undefined) {
    say(
      'parent',
      <>
        A step of <RunLink runId={parent.runId} />
        {parent.path === '' ? '' : `, ${parent.path}`}
      </>,
    );
  } else if (trigger !== undefined && trigger.kind !== 'flow') {
    const due = trigger.kind === 'schedule' && trigger.at !== undefined ? `, due at ${formatClock(trigger.at)}` : '';
    say('trigger', `Started by ${stepName(detail, trigger.stepId)}${due}`);
  }
  if (from !== undefined) {
    const until =
      from.step === undefined ? 'what had finished in it' : `what lies before ${stepName(detail, from.step)}`;
    say(
      'from',
      <>
        Takes {until} from <RunLink runId={from.runId} />
      </>,
    );
  }
  if (only !== undefined) say('only', `Runs only ${names(only)}`);
  if (pinned !== undefined) say('pinned', `With pinned data at ${names(pinned)}`);
  if (resumedAt !== undefined) {
    say(
      'resumed',
      <>
        Gone on with <RelativeTime at={resumedAt} />, from where it had stopped
      </>,
    );
  }
  return said;
}

/** Why a run waits, and its place. */
export function InLine({ detail: { run, file }, className }: { detail: RunDetail; className?: string }) {
  const api = useApi();
  const filter = { state: 'waiting' as const, ...(run.flowId === null ? {} : { flowId: run.flowId }) };
  const waiting = useInfiniteQuery(runsQuery(api, run.workspaceId, filter)).data?.pages.flatMap((page) => page.items);
  const { maxRuns } = runLimitOf(file);
  const limit = maxRuns === null ? 'a few runs' : formatPlural(maxRuns, 'run');
  return (
    <Notice tone="answer" live {...(className === undefined ? {} : { className })}>
      <b>{waiting === undefined ? 'In line.' : placeWords(waiting.filter((one) => one.number < run.number).length)}</b>{' '}
      {run.flowName} does {limit} at a time. It starts by itself when one of them has ended.
    </Notice>
  );
}

const placeWords = (ahead: number): string =>
  ahead === 0 ? 'Next in line.' : `In line, ${formatPlural(ahead, 'run')} before it.`;
