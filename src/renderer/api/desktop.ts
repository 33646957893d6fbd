import type { DesktopAnswer, DesktopArguments, DesktopBridge, DesktopCall } from '../../shared/ipc.ts';
import { bridgeName } from '../../shared/ipc-names.ts';
import { fromProblem } from '../../shared/problem.ts';

/** The way to Electron's main process; its calls throw the AppError that main answered with. */
export interface Desktop extends Pick<DesktopBridge, 'platform' | 'on'> {
  call<Name extends DesktopCall>(name: Name, ...args: DesktopArguments<Name>): Promise<DesktopAnswer<Name>>;
}

/** null in a browser. */
export function findDesktop(scope: Window): Desktop | null {
  const bridge = (scope as unknown as Record<string, DesktopBridge | undefined>)[bridgeName];
  if (bridge === undefined) return null;
  return {
    platform: bridge.platform,
    on: bridge.on,
    async call(name, ...args) {
      const answered = await bridge.call(name, ...args);
      if ('problem' in answered) throw fromProblem(answered.problem);
      return answered.answer;
    },
  };
}
