import { app } from './app.ts';
import { answerNext } from './dialog.ts';
import { clickLastNotification } from './notification.ts';
import { powerMonitor } from './power-monitor.ts';
import { press } from './tray.ts';
import { BrowserWindow } from './window.ts';

/** What a person or the system does to the app; a test sends it over the IPC channel of the process it started. */
export type Control =
  | { do: 'close-window' }
  | { do: 'press'; label: string }
  | { do: 'answer'; label: string }
  | { do: 'click-notification' }
  | { do: 'suspend' | 'resume' }
  | { do: 'power'; onBattery?: boolean; idleSeconds?: number }
  | { do: 'second-start'; args: string[] }
  | { do: 'open-url'; url: string };

export function obeyTests(): void {
  process.on('message', (control: Control) => obey(control));
}

function obey(control: Control): void {
  switch (control.do) {
    case 'close-window':
      for (const window of BrowserWindow.getAllWindows()) void window.close();
      return;
    case 'press':
      press(control.label);
      return;
    case 'answer':
      answerNext(control.label);
      return;
    case 'click-notification':
      clickLastNotification();
      return;
    case 'suspend':
    case 'resume':
      powerMonitor.emit(control.do);
      return;
    case 'power':
      powerMonitor.change(control);
      return;
    case 'second-start':
      app.emit('second-instance', {}, control.args);
      return;
    case 'open-url':
      app.emit('open-url', { preventDefault: () => undefined }, control.url);
      return;
    default:
      control satisfies never;
  }
}
