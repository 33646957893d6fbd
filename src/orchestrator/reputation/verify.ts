/** Whether a result is checked by a second node, and what follows from what several nodes got. Pure. */
import { createHash } from 'node:crypto';
import { isBlobRef } from '../../shared/model/values.ts';

/** Kinds of job that give the same result wherever they are done. */
export const deterministicKinds: ReadonlySet<string> = new Set(['script', 'ocr', 'document']);

/** Until so many results in a row were confirmed, a node counts as new. */
export const provenAfter = 5;

/**
 * `share`: of the workspace, 0 for never. `agreed`: results in a row on which another node agreed. Certainly for new
 * nodes; after that the longer the row the less, down to a tenth of the share. `random` in [0, 1).
 */
export function isToBeChecked(share: number, agreed: number, random: number): boolean {
  if (share <= 0) return false;
  if (agreed < provenAfter) return true;
  return random < share * Math.max(0.1, provenAfter / agreed);
}

export interface NodeResult {
  readonly nodeId: string;
  /** Of what the job gave. */
  readonly hash: string;
}

export type Verdict =
  | { readonly type: 'agreed'; readonly nodeIds: readonly string[] }
  | { readonly type: 'ask_third' }
  | { readonly type: 'outvoted'; readonly nodeId: string; readonly agreed: readonly string[] }
  /** Three nodes, three results: the job does not give the same twice. */
  | { readonly type: 'undecided'; readonly nodeIds: readonly string[] };

/** Two results that are the same agree; where they are not, a third decides. The first is the one that was accepted. */
export function judge(results: readonly NodeResult[]): Verdict {
  const nodeIds = results.map(({ nodeId }) => nodeId);
  const byHash = Map.groupBy(results, ({ hash }) => hash);
  if (byHash.size === 1) return { type: 'agreed', nodeIds };
  if (results.length < 3) return { type: 'ask_third' };
  const [most] = [...byHash.values()].sort((left, right) => right.length - left.length);
  const [least] = [...byHash.values()].sort((left, right) => left.length - right.length);
  const loser = least?.[0];
  if (most === undefined || most.length < 2 || loser === undefined) return { type: 'undecided', nodeIds };
  return { type: 'outvoted', nodeId: loser.nodeId, agreed: most.map(({ nodeId }) => nodeId) };
}

/** SHA-256 of what must be the same: all a script gave; of text that was read the text, not how sure the reader was. */
export function resultHash(kind: string, result: unknown): string {
  if (isBlobRef(result)) return result.$blob;
  const told = kind === 'ocr' ? textOf(result) : result;
  return createHash('sha256').update(canonical(told)).digest('hex');
}

function textOf(result: unknown): unknown {
  const text: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'text') : undefined;
  return text ?? result;
}

/** JSON with the fields of every object in order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_name, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
        : inner,
    ) ?? 'null'
  );
}
