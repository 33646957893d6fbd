import type {
  FoundUpdate,
  UpdateChoices,
  UpdateFault,
  UpdateObstacle,
  UpdateState,
} from '../../shared/model/updates.ts';

/**
 * What the app does about updates. Pure: an event comes in, the next state and what to do come out.
 *
 *   idle ─▶ checking ─▶ current
 *              └─▶ downloading ─▶ ready ─▶ installing
 *   any of them ─▶ failed ─▶ checking
 */
export type UpdateEvent =
  /** `by` the clock, or by hand; a person may ask for an older version. */
  | { event: 'check'; by: 'clock' | 'hand'; older?: boolean }
  | { event: 'found'; update: FoundUpdate }
  | { event: 'nothing' }
  | { event: 'progress'; percent: number; bytesPerSecond: number }
  | { event: 'downloaded' }
  | { event: 'install' }
  | { event: 'failed'; fault: UpdateFault }
  | { event: 'chosen'; choices: UpdateChoices; before: UpdateChoices };

export type UpdateDeed = 'check' | 'check-older' | 'download' | 'cancel' | 'install';

export interface Step {
  state: UpdateState;
  deeds: readonly UpdateDeed[];
}

/** Where it begins: what stands in the way of updates, if anything does. */
export function firstState(obstacle: UpdateObstacle | null): UpdateState {
  return obstacle === null ? { state: 'idle' } : { state: 'off', because: obstacle };
}

export function step(state: UpdateState, event: UpdateEvent): Step {
  switch (event.event) {
    case 'check':
      return check(state, event);
    case 'found':
      return found(state, event.update);
    case 'nothing':
      return state.state === 'checking' ? to({ state: 'current' }) : stay(state);
    case 'progress':
      return state.state === 'downloading'
        ? to({ ...state, percent: event.percent, bytesPerSecond: event.bytesPerSecond })
        : stay(state);
    case 'downloaded':
      return state.state === 'downloading' ? to({ state: 'ready', update: state.update }) : stay(state);
    case 'install':
      return state.state === 'ready' ? to({ state: 'installing', update: state.update }, 'install') : stay(state);
    case 'failed':
      return failed(state, event.fault);
    case 'chosen':
      return chosen(state, event);
  }
}

const stay = (state: UpdateState): Step => ({ state, deeds: [] });
const to = (state: UpdateState, ...deeds: UpdateDeed[]): Step => ({ state, deeds });

function check(state: UpdateState, { by, older = false }: { by: 'clock' | 'hand'; older?: boolean }): Step {
  const resting = state.state === 'idle' || state.state === 'current' || state.state === 'failed';
  if (!resting) return stay(state);
  // Nobody is sent back by the clock.
  const back = older && by === 'hand';
  return to({ state: 'checking', older: back }, back ? 'check-older' : 'check');
}

/** An older version is only ever taken when a person asked for it (S12). */
function found(state: UpdateState, update: FoundUpdate): Step {
  if (state.state !== 'checking') return stay(state);
  if (update.older && !state.older) return to({ state: 'current' });
  return to({ state: 'downloading', update, percent: 0, bytesPerSecond: 0 }, 'download');
}

function failed(state: UpdateState, fault: UpdateFault): Step {
  return state.state === 'off' ? stay(state) : to({ state: 'failed', fault });
}

function chosen(state: UpdateState, { choices, before }: { choices: UpdateChoices; before: UpdateChoices }): Step {
  if (state.state === 'off' && state.because !== 'switched-off') return stay(state);
  if (state.state === 'installing') return stay(state);
  if (!choices.enabled) return to({ state: 'off', because: 'switched-off' }, ...ending(state));
  const again = state.state === 'off' || choices.channel !== before.channel;
  return again ? to({ state: 'checking', older: false }, ...ending(state), 'check') : stay(state);
}

/** What has to end when the state is left for another. */
function ending(state: UpdateState): UpdateDeed[] {
  return state.state === 'downloading' ? ['cancel'] : [];
}
