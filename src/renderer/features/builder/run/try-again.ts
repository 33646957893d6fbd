import type { RunSession } from './run-session.ts';
import { sayWhy } from './use-start-run.ts';

/** Goes on with the shown run; says why where the host refuses. */
export async function tryAgain(session: RunSession): Promise<void> {
  if (!(await session.resume())) sayWhy(session.state.getState().problem);
}
