import type { DesktopNotice } from '../../../shared/model/desktop.ts';
import type { LiveEvent } from '../../../shared/protocol/live.ts';
import { runWords } from '../run-words.ts';

const mostKnown = 500;

/** Tells the system, once each, of runs that ended and of approvals that are asked for; main knows whether it is wanted. */
export function createSystemNotices(tell: (notice: DesktopNotice) => void) {
  const told = new Set<string>();
  const once = (id: string, notice: DesktopNotice) => {
    if (told.has(id)) return;
    told.add(id);
    const [oldest] = told;
    if (told.size > mostKnown && oldest !== undefined) told.delete(oldest);
    tell(notice);
  };
  return (workspaceId: string, event: LiveEvent): void => {
    if (event.kind === 'run.changed' && event.run.finishedAt !== null && event.run.parent === undefined) {
      const { id, flowName, finishedAt } = event.run;
      const path = `/w/${workspaceId}/runs/${id}`;
      once(`${id} ${finishedAt}`, { title: short(flowName, 120), body: short(runWords(event.run), 400), path });
    }
    if (event.kind === 'approval.changed' && event.approval.state === 'pending') {
      const { id, stepName, question, runId } = event.approval;
      const path = `/w/${workspaceId}/runs/${runId}`;
      once(id, { title: short(`${stepName} asks`, 120), body: short(question, 400), path });
    }
  };
}

const short = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text || '…');
