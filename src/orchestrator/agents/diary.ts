/** What an agent does, told as it happens: lines of JSON for those who draw it, lines of text for those who read it. */

import type { AgentCall } from '../../shared/model/agent.ts';
import { type CallEnd, callInWords, cutText } from '../../shared/model/agent-calls.ts';
import type { HostContext } from '../host-executors/host-executor.ts';

export interface Diary {
  /** Something begins; the number it has from now on. */
  begin(call: Pick<AgentCall, 'turn' | 'what' | 'name' | 'arguments'>): number;
  /** More is known about it. */
  note(number: number, known: Partial<Pick<AgentCall, 'jobId' | 'runId' | 'earlier'>>): void;
  end(number: number, end: CallEnd): void;
  calls(): AgentCall[];
}

export function createDiary(write: HostContext['write'], now: () => number): Diary {
  const calls: AgentCall[] = [];
  const tell = (call: AgentCall) => write('progress', `${JSON.stringify(call)}\n`);
  const change = (number: number, known: Partial<AgentCall>): AgentCall | null => {
    const before = calls[number - 1];
    if (before === undefined) return null;
    const call = { ...before, ...known };
    calls[number - 1] = call;
    return call;
  };
  return {
    begin({ turn, what, name, arguments: words }) {
      const said = words === undefined ? null : cutText(words);
      const call: AgentCall = {
        ...{ number: calls.length + 1, turn, what, name: name.slice(0, 200), state: 'going_on', at: now() },
        ...(said === null ? {} : { arguments: said.text, ...(said.cut ? { cut: true } : {}) }),
      };
      calls.push(call);
      tell(call);
      return call.number;
    },
    note(number, known) {
      change(number, known);
    },
    end(number, { result, error, usage, earlier }) {
      const before = calls[number - 1];
      if (before === undefined) return;
      const said = result === undefined ? null : cutText(result);
      const call = change(number, {
        state: error === undefined ? 'succeeded' : 'failed',
        ms: Math.max(0, Math.round(now() - before.at)),
        ...(said === null ? {} : { result: said.text, ...(said.cut ? { cut: true } : {}) }),
        ...(error === undefined ? {} : { error: { code: error.code, message: cutText(error.message).text } }),
        ...(usage === undefined ? {} : { usage }),
        ...(earlier === true ? { earlier } : {}),
      });
      if (call === null) return;
      tell(call);
      write('log', `${callInWords(call)}\n`);
    },
    calls: () => [...calls],
  };
}
