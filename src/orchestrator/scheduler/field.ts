/**
 * The nodes of a pass, so that the best one for a need is found without looking at each. Nodes stand in levels by how good
 * they are, each level a set of bits; a need has the set of those that may do it at all; the first level where both have
 * something in common holds the node. What is said of nodes here is said of their GPUs where a need asks for one.
 */

import { chooseGpu, hasRoom, type Room, take } from '../../shared/room.ts';
import { type Bits, bitsFor, clearBit, createLevels, firstInBoth, type Levels, setBit } from './bits.ts';
import { lastingObstacle } from './fit.ts';
import { fixedRate, fixedSteps, freeShare, packLevel, spreadLevel } from './score.ts';
import type { Need, NodeView } from './snapshot.ts';

export interface Field {
  readonly nodes: readonly NodeView[];
  readonly held: number;
  /** The best node with room; −1 for none. Nodes that are held are passed over but by the line they are held for. */
  best(need: Need, key: string): number;
  /** Takes the room, and says which GPU. */
  fill(node: number, need: Need): number | null;
  /** Keeps a node for the jobs of one line, however many others fit. */
  hold(node: number, key: string): void;
  /** The node that comes nearest to having room, among those that would have it if they were empty; −1 for none. */
  nearest(need: Need): number;
}

/** Where the items of a rating stand: jobs of one kind and model, on nodes or on their GPUs. */
interface Ranking {
  readonly levels: Levels;
  rank(node: number): void;
}

/** What may take a need that is like another in all but a little memory. */
interface Candidates {
  readonly ranking: Ranking;
  readonly may: Bits;
  readonly least: Need;
  /** Nothing of it stands in a better level than this; only where levels never get better. */
  top: number;
}

export function createField(all: readonly NodeView[]): Field {
  const nodes = inOrder(all.filter(({ presence }) => presence === 'here'));
  const taken: Room[] = nodes.map((node) => node.taken);
  const gpus = gpusOf(nodes);
  const heldFor = new Map<number, string>();
  const rankings = new Map<string, Ranking>();
  const byKey = new Map<string, Candidates>();
  const alike = new Map<string, Candidates>();
  const byWorkspace = new Map<string, readonly number[]>();
  const byId = new Map<string, number>();

  const node = (index: number) => nodes[index] as NodeView;
  const takenOf = (index: number) => taken[index] as Room;
  const isOpen = (index: number, key: string) => heldFor.size === 0 || (heldFor.get(index) ?? key) === key;
  const fits = (index: number, { requires }: Need) => hasRoom(requires, node(index).shared, takenOf(index));
  const possible = ({ workspaceId, requires }: Need): readonly number[] => {
    if (requires.nodeId === undefined) return inWorkspace(workspaceId);
    if (byId.size === 0) for (const [index, { id }] of nodes.entries()) byId.set(id, index);
    const chosen = byId.get(requires.nodeId);
    return chosen === undefined ? [] : [chosen];
  };
  const inWorkspace = (workspaceId: string): readonly number[] => {
    const known = byWorkspace.get(workspaceId);
    if (known !== undefined) return known;
    const found = nodes.flatMap(({ workspaces }, index) => (workspaces.get(workspaceId) === 'serves' ? [index] : []));
    byWorkspace.set(workspaceId, found);
    return found;
  };
  const freeOf = (item: number) => {
    const { node: owner, gpu } = gpus.items[item] as Gpu;
    return (node(owner).shared.gpus[gpu] ?? 0) - (takenOf(owner).gpus[gpu] ?? 0);
  };

  // ---- rankings ----

  const nodeRanking = (need: Need): Ranking => {
    const fixed = Float64Array.from(nodes, (one) => fixedRate(need, one));
    const levels = createLevels(nodes.length);
    const rank = (index: number) =>
      levels.place(index, spreadLevel(freeShare(node(index).shared, takenOf(index)) + (fixed[index] ?? 0)));
    return { levels, rank };
  };
  const gpuRanking = (need: Need): Ranking => {
    const fixed = nodes.map((one) => fixedSteps(need, one));
    const levels = createLevels(gpus.items.length);
    const rank = (index: number) => {
      for (const item of gpus.of[index] ?? []) levels.place(item, packLevel(freeOf(item), fixed[index] ?? 0));
    };
    return { levels, rank };
  };
  const rankingFor = (need: Need): Ranking => {
    const { model = '', gpuMemoryMb } = need.requires;
    const key = `${gpuMemoryMb === undefined ? 'node' : 'gpu'}\u0000${need.kind}\u0000${model}`;
    const known = rankings.get(key);
    if (known !== undefined) return known;
    const made = gpuMemoryMb === undefined ? nodeRanking(need) : gpuRanking(need);
    for (const index of nodes.keys()) made.rank(index);
    rankings.set(key, made);
    return made;
  };

  // ---- who may ----

  const candidatesFor = (need: Need, key: string): Candidates => {
    let found = byKey.get(key);
    if (found !== undefined) return found;
    const name = likeness(need);
    found = alike.get(name) ?? findCandidates(need);
    alike.set(name, found);
    byKey.set(key, found);
    return found;
  };
  const findCandidates = (need: Need): Candidates => {
    const least = leastOf(need);
    const isGpu = need.requires.gpuMemoryMb !== undefined;
    const may = bitsFor(isGpu ? gpus.items.length : nodes.length);
    for (const index of possible(need)) {
      if (!fits(index, least) || lastingObstacle(least, node(index)) !== null) continue;
      if (!isGpu) setBit(may, index);
      else for (const item of gpus.of[index] ?? []) setBit(may, item);
    }
    return { ranking: rankingFor(need), may, least, top: 0 };
  };

  const bestNode = (need: Need, key: string): number => {
    const mine = candidatesFor(need, key);
    const { sets } = mine.ranking.levels;
    let first = -1;
    for (let level = mine.top; level < sets.length; level += 1) {
      const set = sets[level];
      if (set === undefined || mine.ranking.levels.count(level) === 0) continue;
      const found = firstInBoth(set, mine.may, (index) => {
        if (!fits(index, mine.least)) {
          // Room only shrinks in a pass: nothing that is like this fits there any more.
          clearBit(mine.may, index);
          return false;
        }
        if (first < 0) first = level;
        return isOpen(index, key) && fits(index, need) && lastingObstacle(need, node(index)) === null;
      });
      // A node that is filled is worse than before, so that nothing comes to stand above the first.
      if (found < 0) continue;
      mine.top = first;
      return found;
    }
    mine.top = first < 0 ? sets.length : first;
    return -1;
  };
  const bestGpu = (need: Need, key: string): number => {
    const { ranking, may, least } = candidatesFor(need, key);
    const needed = need.requires.gpuMemoryMb ?? 0;
    const { levels } = ranking;
    // Above this level stands only what has less memory free than is needed: nothing fixed makes a level better.
    for (let level = packLevel(needed, 0); level < levels.sets.length; level += 1) {
      const set = levels.sets[level];
      if (set === undefined || levels.count(level) === 0) continue;
      const found = firstInBoth(set, may, (item) => {
        const { node: index } = gpus.items[item] as Gpu;
        if (freeOf(item) < needed || !fits(index, least)) {
          clearBit(may, item);
          return false;
        }
        return isOpen(index, key) && fits(index, need) && lastingObstacle(need, node(index)) === null;
      });
      if (found >= 0) return gpus.items[found]?.node ?? -1;
    }
    return -1;
  };

  return {
    nodes,
    get held() {
      return heldFor.size;
    },
    best: (need, key) => (need.requires.gpuMemoryMb === undefined ? bestNode(need, key) : bestGpu(need, key)),
    fill(index, { requires }) {
      const { gpuMemoryMb } = requires;
      const gpu = gpuMemoryMb === undefined ? null : chooseGpu(gpuMemoryMb, node(index).shared, takenOf(index));
      taken[index] = take(takenOf(index), requires, gpu);
      for (const ranking of rankings.values()) ranking.rank(index);
      return gpu;
    },
    hold: (index, key) => void heldFor.set(index, key),
    nearest(need) {
      let best = -1;
      let most = -1;
      for (const index of possible(need)) {
        if (heldFor.has(index) || lastingObstacle(need, node(index)) !== null) continue;
        const met = metShare(need, node(index).shared, takenOf(index));
        if (met <= most) continue;
        best = index;
        most = met;
      }
      return best;
    },
  };
}

interface Gpu {
  readonly node: number;
  readonly gpu: number;
}

function gpusOf(nodes: readonly NodeView[]): { items: readonly Gpu[]; of: readonly (readonly number[])[] } {
  const items: Gpu[] = [];
  const of = nodes.map(({ shared }, node) => shared.gpus.map((_, gpu) => items.push({ node, gpu }) - 1));
  return { items, of };
}

/** How much (0–1) of what is needed is free, of what is scarcest. */
function metShare({ requires }: Need, shared: Room, taken: Room): number {
  const { cores, ramMb, storageMb = 0, gpuMemoryMb = 0 } = requires;
  const met = (needed: number, free: number) => (needed > 0 ? Math.max(0, free) / needed : 1);
  const gpu = Math.max(0, ...shared.gpus.map((memory, index) => memory - (taken.gpus[index] ?? 0)));
  return Math.min(
    1,
    met(cores, shared.cores - taken.cores),
    met(ramMb, shared.ramMb - taken.ramMb),
    met(storageMb, shared.storageMb - taken.storageMb),
    met(gpuMemoryMb, gpu),
  );
}

/** By id, so that the order in which nodes are handed in decides nothing. */
function inOrder(nodes: NodeView[]): NodeView[] {
  const isSorted = nodes.every((one, index) => index === 0 || (nodes[index - 1]?.id ?? '') < one.id);
  return isSorted ? nodes : nodes.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

/** Needs that differ only a little in memory or storage look for their node in the same place. */
function likeness({ workspaceId, kind, requires }: Need): string {
  const { cores, ramMb, gpuMemoryMb = '', storageMb, tags = [], nodeId = '', notNodeIds = [], model = '' } = requires;
  const sizes = [cores, classOf(ramMb), gpuMemoryMb, storageMb === undefined ? '' : classOf(storageMb)];
  return [workspaceId, kind, ...sizes, nodeId, model, ...tags, '\u0001', ...notNodeIds].join('\u0000');
}
const classOf = (size: number) => (size < 1 ? 0 : 2 ** Math.floor(Math.log2(size)));

function leastOf(need: Need): Need {
  const { ramMb, storageMb } = need.requires;
  const storage = storageMb === undefined ? {} : { storageMb: classOf(storageMb) };
  return { ...need, requires: { ...need.requires, ramMb: classOf(ramMb), ...storage } };
}
