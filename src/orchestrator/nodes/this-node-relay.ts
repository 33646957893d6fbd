/**
 * What the owner of this machine decides is kept by the process that started this host; this passes questions on to it, and the
 * answers back.
 */
import { Value } from 'typebox/value';
import { AppError } from '../../shared/errors.ts';
import type { ThisNode } from '../../shared/model/this-node.ts';
import { fromProblem } from '../../shared/problem.ts';
import { ThisNodeAnswerSchema, type ThisNodeCall } from '../../shared/services.ts';

/** Rejects `this_node_missing` where this machine is no node, and what the parent answers. */
export type AskThisNode = (call: ThisNodeCall) => Promise<ThisNode>;

export interface ThisNodeRelay {
  ask: AskThisNode;
  /** What the parent said; anything that is no answer is left alone. */
  onMessage(message: unknown): void;
}

const patience = 10_000;
const mostAtOnce = 64;

export function createThisNodeRelay(tellParent: (message: unknown) => void, patienceMs = patience): ThisNodeRelay {
  const open = new Map<number, PromiseWithResolvers<ThisNode>>();
  let counter = 0;
  return {
    async ask(call) {
      if (open.size >= mostAtOnce) throw new AppError('too_many_requests');
      counter += 1;
      const id = counter;
      const asked = Promise.withResolvers<ThisNode>();
      open.set(id, asked);
      const timer = setTimeout(() => asked.reject(new AppError('this_node_missing')), patienceMs);
      tellParent({ type: 'this-node-call', id, call });
      try {
        return await asked.promise;
      } finally {
        clearTimeout(timer);
        open.delete(id);
      }
    },
    onMessage(message) {
      if (!Value.Check(ThisNodeAnswerSchema, message)) return;
      const asked = open.get(message.id);
      if (message.answer !== undefined) asked?.resolve(message.answer);
      else if (message.problem !== undefined) asked?.reject(fromProblem(message.problem));
    },
  };
}

/** For a host that nobody supervises. */
export const noThisNode: AskThisNode = () => Promise.reject(new AppError('this_node_missing'));
