import { execFile } from 'node:child_process';
import { Value } from 'typebox/value';
import { type ParentChannel, parentChannel } from '../../platform/parent-channel.ts';
import { HelperNews, type HelperOrder } from '../../shared/helpers.ts';
import { lowerPriority } from '../sandbox/process-tree.ts';
import type { Binding, HelperProcess, StartHelper } from './helper-process.ts';

interface Borrowed {
  started(pid: number): void;
  said(message: unknown): void;
  ended(how: number | string): void;
}

/** Helpers that the process behind `channel` forks for us; every one is asked for by a number of its own. */
export function createBorrowing(channel: ParentChannel): StartHelper {
  const borrowed = new Map<number, Borrowed>();
  let nextId = 0;
  channel.onMessage((message) => {
    if (Value.Check(HelperNews, message)) hear(borrowed, message);
  });
  return (plan, binding) => {
    const id = nextId++;
    const order = (said: HelperOrder) => void channel.send(said);
    const pid = Promise.withResolvers<number | undefined>();
    const ended = Promise.withResolvers<number | string>();
    const receivers: ((message: unknown) => void)[] = [];
    borrowed.set(id, {
      started: (found) => {
        bindTo(found, binding);
        pid.resolve(found);
      },
      said: (message) => {
        for (const receive of receivers) receive(message);
      },
      ended: (how) => {
        borrowed.delete(id);
        pid.resolve(undefined);
        ended.resolve(how);
      },
    });
    order({ type: 'helper.start', id, plan });
    return {
      pid: pid.promise,
      send: (message) => order({ type: 'helper.tell', id, message }),
      onMessage: (receive) => receivers.push(receive),
      kill: () => order({ type: 'helper.kill', id }),
      ended: ended.promise,
    } satisfies HelperProcess;
  };
}

function hear(borrowed: ReadonlyMap<number, Borrowed>, news: HelperNews): void {
  const helper = borrowed.get(news.id);
  if (news.type === 'helper.started') helper?.started(news.pid);
  else if (news.type === 'helper.said') helper?.said(news.message);
  else helper?.ended(news.how);
}

/** A process that runs already is bound with all its threads; those that it makes later inherit it (S8). */
function bindTo(pid: number, { taskset, processors = [] }: Binding): void {
  lowerPriority(pid);
  if (taskset === undefined || processors.length === 0) return;
  const args = ['--all-tasks', '--cpu-list', '--pid', processors.join(','), String(pid)];
  execFile(taskset, args, { timeout: 3_000, env: {} }, () => undefined);
}

let lent: StartHelper | undefined;

/** Borrows from the parent of this process. */
export const borrowHelper: StartHelper = (plan, binding) => {
  lent ??= createBorrowing(parentChannel());
  return lent(plan, binding);
};
