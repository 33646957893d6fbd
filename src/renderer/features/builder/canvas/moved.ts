/** Where things go that are dragged together. Pure. */
import type { FlowView } from '../document/flow-view.ts';
import type { Fold, FoldedScene } from '../model/folding.ts';
import type { Point } from '../model/geometry.ts';
import { groupNamed, topOf, withMembers } from '../model/groups.ts';
import type { CanvasNode } from './canvas-nodes.ts';

/** The frame of a group, or its block where it is folded. */
export const isGroup = ({ type }: CanvasNode): boolean => type === 'frame' || type === 'fold';

/** Where something goes that is dragged; a group takes its members along, which are not drawn where it is folded. */
export function movedWith(
  view: FlowView,
  scene: FoldedScene,
  nodes: ReadonlyMap<string, CanvasNode>,
  id: string,
  to: Point,
): [string, Point][] {
  const group = groupNamed(view, id);
  const from = nodes.get(id)?.position;
  if (group === undefined || from === undefined) return [[id, to]];
  const by = { x: to.x - from.x, y: to.y - from.y };
  const members = group.steps.flatMap((member): [string, Point][] => {
    const at = nodes.get(member)?.position;
    return at === undefined ? [] : [[member, { x: at.x + by.x, y: at.y + by.y }]];
  });
  const fold = scene.folds.get(id);
  return fold === undefined ? members : [[id, to], ...foldedMembers(fold, scene, to)];
}

/** Where everything goes that is chosen when one of it is dragged, and the rest of it is only a drawing. */
export function allMoved(
  view: FlowView,
  { whole }: FoldedScene,
  selection: ReadonlySet<string>,
  id: string,
  to: Point,
): [string, Point][] {
  const from = whole.placed.get(id)?.position;
  if (from === undefined) return [[id, to]];
  return topOf(view, withMembers(view, selection)).flatMap((one): [string, Point][] => {
    const at = whole.placed.get(one)?.position ?? view.notes.get(one)?.position;
    return at === undefined ? [] : [[one, { x: at.x + to.x - from.x, y: at.y + to.y - from.y }]];
  });
}

/** Places of the members of a folded group that is dragged: by as much as its block is from where it stands. */
function foldedMembers({ members, position }: Fold, { whole }: FoldedScene, to: Point): [string, Point][] {
  return members.flatMap((member): [string, Point][] => {
    const at = whole.placed.get(member)?.position;
    return at === undefined ? [] : [[member, { x: at.x + to.x - position.x, y: at.y + to.y - position.y }]];
  });
}
