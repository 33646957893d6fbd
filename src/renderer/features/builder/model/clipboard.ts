/** Copying and pasting: parts of flows as JSON text, so that they go between flows, windows, chats and files. */
import { toFile } from '../../../../shared/flows/document.ts';
import { addSteps, type Clip, clipOf, pasted } from '../../../../shared/flows/edit.ts';
import { migrateFile } from '../../../../shared/flows/migrate.ts';
import { normalFile } from '../../../../shared/flows/normal-form.ts';
import { flowSchemaId } from '../../../../shared/model/flow.ts';
import { limits } from '../../../../shared/model/values.ts';
import type { Doing } from './doing.ts';
import { grid, type Point, snapPoint } from './geometry.ts';
import { select } from './ui-state.ts';

const clipMark = 'otherthing.clip/1';

/** What is chosen as text for the clipboard; null where nothing is. */
export function copyChosen({ flow, ui }: Doing): string | null {
  const { selection } = ui.getState();
  if (selection.size === 0) return null;
  const clip = clipOf(toFile(flow.doc), selection);
  return isEmpty(clip) ? null : JSON.stringify({ schema: clipMark, ...clip }, null, 2);
}

const isEmpty = ({ steps, notes }: Clip): boolean => steps.length === 0 && notes.length === 0;

/** What a text holds: a part of a flow, nothing of the kind, or something of the kind that is not well formed. */
export type ReadClip = { kind: 'clip'; clip: Clip } | { kind: 'none' } | { kind: 'wrong'; why: string };

/**
 * Reads a part of a flow, or a whole flow file, from a text that may come from anywhere: it is checked like an imported
 * file, so nothing reaches the document that a flow file could not hold.
 */
export function readClip(text: string): ReadClip {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.includes('"otherthing.')) return { kind: 'none' };
  try {
    return { kind: 'clip', clip: clipFrom(JSON.parse(trimmed) as Record<string, unknown>) };
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : 'It is no part of a flow' };
  }
}

function clipFrom(value: Record<string, unknown>): Clip {
  const part = value['schema'] === clipMark;
  const about = { schema: flowSchemaId, name: 'Clipboard', settings: {} };
  const file = normalFile(migrateFile(part ? { groups: [], ...value, ...about } : value));
  return { steps: file.steps, edges: file.edges, notes: file.notes, groups: file.groups };
}

/** Puts copies with new ids at a place, or a little beside the originals, and chooses them. Answers what is in the way, or null. */
export function paste({ flow, ui, random }: Doing, clip: Clip, at: Point | null): string | null {
  const present = flow.view.getState().steps.size;
  if (present + clip.steps.length > limits.stepsPerFlow) return `A flow has at most ${limits.stepsPerFlow} steps`;
  const copies = pasted(clip, offsetOf(clip, at), random);
  flow.closeStep();
  flow.edit((doc, origin) => addSteps(doc, copies, origin));
  const outer = copies.steps.filter((step) => step.parent === undefined);
  select(ui, [...outer.map((step) => step.id), ...copies.notes.map((note) => note.id)]);
  return null;
}

function offsetOf(clip: Clip, at: Point | null): Point {
  if (at === null) return { x: 2 * grid, y: 2 * grid };
  const places = [...clip.steps.filter((step) => step.parent === undefined), ...clip.notes].map(
    ({ position }) => position,
  );
  const left = Math.min(...places.map((place) => place.x));
  const top = Math.min(...places.map((place) => place.y));
  return snapPoint({ x: at.x - left, y: at.y - top });
}

export function duplicate(doing: Doing): void {
  const { selection } = doing.ui.getState();
  const clip = clipOf(toFile(doing.flow.doc), selection);
  if (!isEmpty(clip)) paste(doing, clip, null);
}
