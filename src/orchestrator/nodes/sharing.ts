/**
 * What is the same on many nodes is kept once: a rack, a lab or a cloud consists of few kinds of machine, and of what a
 * host holds for each of ten thousand connected nodes a tenth is what the machine consists of.
 */
import type { NodeRow } from '../store/tables.ts';

/** Gives back an equal value that was given before, or the value itself. Nothing that went through it may be changed. */
export type Share = <Value>(value: Value) => Value;

/** So many different values are remembered; then it begins anew, so that what no node has any more is let go. */
const most = 1_000;
/** Longer ones are hardly ever equal: drives with what is free on them, long lists of models. */
const longest = 1_000;

export function createShare(): Share {
  let known = new Map<string, unknown>();
  return <Value>(value: Value): Value => {
    if (typeof value !== 'object' || value === null) return value;
    const text = JSON.stringify(value);
    if (text.length > longest) return value;
    const before = known.get(text);
    if (before !== undefined) return before as Value;
    if (known.size >= most) known = new Map();
    known.set(text, value);
    return value;
  };
}

/** A node's row with those parts shared that nodes have in common. */
export function shareParts(share: Share, row: NodeRow): NodeRow {
  const capabilities = { ...row.capabilities };
  for (const [name, part] of Object.entries(capabilities)) Reflect.set(capabilities, name, share(part));
  const { resourceLimits, executors, tags } = row;
  return {
    ...row,
    capabilities,
    resourceLimits: share(resourceLimits),
    executors: share(executors),
    tags: share(tags),
  };
}
