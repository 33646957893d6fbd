/** Finding steps and notes of a flow by what is said in them. Pure. */
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { FlowView } from '../document/flow-view.ts';

export interface Found {
  id: string;
  name: string;
  /** The name of its type. */
  type: string;
  icon: string;
  /** Where the words stand, where not in the name: the text around them. */
  around: string | null;
}

const mostFound = 60;
const wordsAround = 28;

/** Steps and notes that hold every word of `asked`: best in the name, then in the type, then in the settings. */
export function findIn(view: FlowView, asked: string): Found[] {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const found: { rank: number; found: Found }[] = [];
  for (const step of view.steps.values()) {
    const hit = hitOf(step.name, stepType(step.type)?.name ?? step.type, () => textsOf(step), words);
    if (hit !== null) found.push({ rank: hit.rank, found: { ...stepFound(step), around: hit.around } });
  }
  for (const note of view.notes.values()) {
    const hit = hitOf('', 'Note', () => [note.text], words);
    const name = note.text.split('\n', 1)[0]?.slice(0, 60) || 'Note';
    if (hit !== null)
      found.push({ rank: hit.rank, found: { id: note.id, name, type: 'Note', icon: 'sticky-note', around: null } });
  }
  return found
    .toSorted((one, other) => one.rank - other.rank || (one.found.name < other.found.name ? -1 : 1))
    .slice(0, mostFound)
    .map((one) => one.found);
}

function stepFound({ id, name, type }: FlowStep): Omit<Found, 'around'> {
  const known = stepType(type);
  return { id, name, type: known?.name ?? type, icon: known?.icon ?? '' };
}

function hitOf(
  name: string,
  type: string,
  texts: () => readonly string[],
  words: readonly string[],
): { rank: number; around: string | null } | null {
  const lowName = name.toLowerCase();
  if (words.every((word) => lowName.includes(word)))
    return { rank: words[0] !== undefined && lowName.startsWith(words[0]) ? 0 : 1, around: null };
  const both = `${lowName} ${type.toLowerCase()}`;
  if (words.every((word) => both.includes(word))) return { rank: 2, around: null };
  const all = texts();
  const low = `${both} ${all.join(' ').toLowerCase()}`;
  if (!words.every((word) => low.includes(word))) return null;
  return { rank: 3, around: aroundOf(all, words.find((word) => !both.includes(word)) ?? '') };
}

/** The text around a word, on one line. */
function aroundOf(texts: readonly string[], word: string): string | null {
  const text = texts.find((one) => one.toLowerCase().includes(word));
  if (text === undefined) return null;
  const at = text.toLowerCase().indexOf(word);
  const from = Math.max(0, at - wordsAround);
  const to = Math.min(text.length, at + word.length + wordsAround);
  return `${from > 0 ? '…' : ''}${text.slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`;
}

/** Every text of a step's settings, and its id, by which templates name it. */
function textsOf(step: FlowStep): string[] {
  const texts = [step.id];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'number') texts.push(String(value));
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) collect(inner);
  };
  collect(step.config);
  return texts;
}
