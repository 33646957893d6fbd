import { zooms } from '../model/geometry.ts';

/** What others see of a person: who they are, where their pointer is, what they have chosen. */
export interface Presence {
  /** Filled in by the host, so that nobody appears under another's name. */
  user: { id: string; name: string };
  /** In canvas coordinates; null while the pointer is elsewhere. */
  cursor: { x: number; y: number } | null;
  selection: readonly string[];
  /** What they see; null until they have said. */
  view: View | null;
}

/** The middle of what somebody sees in canvas coordinates, and how near they are. */
export interface View {
  x: number;
  y: number;
  zoom: number;
}

export interface Other extends Presence {
  clientId: number;
}

type State = { clientId: number } & Record<string, unknown>;

/** The others from what everybody says; whatever is not well formed is left out, for anybody may say anything. */
export function othersOf(states: readonly State[], own: number): Other[] {
  return states.flatMap((state) => {
    const person = state['user'] as Partial<Presence['user']> | undefined;
    if (state.clientId === own || typeof person?.id !== 'string' || typeof person.name !== 'string') return [];
    const cursor = state['cursor'] as Partial<{ x: number; y: number }> | null | undefined;
    const selection = Array.isArray(state['selection'])
      ? state['selection'].filter((id) => typeof id === 'string')
      : [];
    return [
      {
        clientId: state.clientId,
        user: { id: person.id, name: person.name.slice(0, 60) },
        cursor:
          Number.isFinite(cursor?.x) && Number.isFinite(cursor?.y)
            ? { x: Number(cursor?.x), y: Number(cursor?.y) }
            : null,
        selection: selection.slice(0, 200),
        view: viewOf(state['view']),
      },
    ];
  });
}

/** Everybody once, however many windows they have open. */
export function peopleOf(others: readonly Other[]): Presence['user'][] {
  return [...new Map(others.map(({ user }) => [user.id, user])).values()];
}

function viewOf(value: unknown): View | null {
  const { x, y, zoom } = (value ?? {}) as Partial<View>;
  if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(zoom)) return null;
  return { x: Number(x), y: Number(y), zoom: Math.min(zooms.most, Math.max(zooms.least, Number(zoom))) };
}
