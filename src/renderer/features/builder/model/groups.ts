/** Frames around steps that belong together. A group has a name and members, and no colour: colour belongs to machines. */
import type { StoreApi } from 'zustand/vanilla';
import { addGroup, newId, removeGroups } from '../../../../shared/flows/edit.ts';
import type { FlowGroup } from '../../../../shared/model/flow.ts';
import type { FlowView } from '../document/flow-view.ts';
import type { Doing } from './doing.ts';
import { around, type Box, grid, type Point } from './geometry.ts';
import type { Scene } from './scene.ts';
import { type BuilderUi, select } from './ui-state.ts';

/** Multiples of the grid, so that a frame that is dragged snaps as its members do. */
const room = { side: grid, top: 2 * grid, bottom: grid };

/** The frame around the members of a group, `moving` ones where they are dragged to; null around nothing. */
export function frameOf(group: FlowGroup, scene: Scene, moving: ReadonlyMap<string, Point>): Box | null {
  const boxes = group.steps.flatMap((id) => {
    const box = scene.boxes.get(id);
    const place = scene.placed.get(id)?.step.parent === undefined ? moving.get(id) : undefined;
    return box === undefined ? [] : [{ ...box, ...place }];
  });
  const box = around(boxes);
  if (box === null) return null;
  return {
    x: box.x - room.side,
    y: box.y - room.top,
    width: box.width + 2 * room.side,
    height: box.height + room.top + room.bottom,
  };
}

export const groupNamed = (view: FlowView, id: string): FlowGroup | undefined =>
  view.file.groups.find((group) => group.id === id);

/** What is chosen, with the members of chosen groups in place of the groups. */
export function withMembers(view: FlowView, ids: ReadonlySet<string>): ReadonlySet<string> {
  const groups = view.file.groups.filter((group) => ids.has(group.id));
  if (groups.length === 0) return ids;
  const all = new Set([...ids, ...groups.flatMap((group) => group.steps)]);
  for (const { id } of groups) all.delete(id);
  return all;
}

/** Of these, the ones that are not inside another of them: what stands in a Map moves with it. */
export function topOf(view: FlowView, ids: ReadonlySet<string>): string[] {
  return [...ids].filter((id) => {
    for (let parent = view.steps.get(id)?.parent; parent !== undefined; parent = view.steps.get(parent)?.parent) {
      if (ids.has(parent)) return false;
    }
    return true;
  });
}

/** The chosen steps that one frame can hold: those of one level. */
export function groupable(view: FlowView, ids: ReadonlySet<string>): string[] {
  const steps = topOf(view, withMembers(view, ids)).flatMap((id) => view.steps.get(id) ?? []);
  const [first] = steps;
  return first === undefined ? [] : steps.filter((step) => step.parent === first.parent).map((step) => step.id);
}

/** Groups what is chosen, chooses the group, and lets its name be typed. */
export function groupChosen({ flow, ui, random }: Doing): void {
  const steps = groupable(flow.view.getState(), ui.getState().selection);
  if (steps.length === 0) return;
  const group: FlowGroup = { id: newId('group', random), name: 'Group', steps };
  flow.closeStep();
  flow.edit((doc, origin) => addGroup(doc, group, origin));
  select(ui, [group.id]);
  ui.setState({ naming: group.id });
}

/** The groups that are chosen, or around chosen steps. */
export function chosenGroups(view: FlowView, ids: ReadonlySet<string>): string[] {
  return view.file.groups
    .filter((group) => ids.has(group.id) || group.steps.some((id) => ids.has(id)))
    .map((group) => group.id);
}

/** Folds groups into a block each, or unfolds them. */
export function setFolded(ui: StoreApi<BuilderUi>, groups: readonly string[], fold: boolean): void {
  const folded = new Set(ui.getState().folded);
  for (const id of groups) folded[fold ? 'add' : 'delete'](id);
  ui.setState({ folded });
}

/** Folds or unfolds the groups that are chosen, or around chosen steps, and chooses them. */
export function foldChosen({ flow, ui }: Doing, fold: boolean): void {
  const groups = chosenGroups(flow.view.getState(), ui.getState().selection);
  setFolded(ui, groups, fold);
  select(ui, groups);
}

/** Takes the frames away that are chosen, or around chosen steps; the steps stay, and stay chosen. */
export function ungroupChosen({ flow, ui }: Doing): void {
  const view = flow.view.getState();
  const { selection } = ui.getState();
  const groups = chosenGroups(view, selection);
  if (groups.length === 0) return;
  const members = withMembers(view, selection);
  flow.closeStep();
  flow.edit((doc, origin) => removeGroups(doc, groups, origin));
  select(ui, members);
}
