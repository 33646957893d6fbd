import { Notification } from 'electron';
import type { DesktopNotice } from '../shared/model/desktop.ts';

/** So many messages of the system at most in a minute; a Map of a thousand runs must not drown anybody. */
const mostAMinute = 10;
const minute = 60_000;

/** Shows messages of the system; `open` is called with the path of one that was clicked. */
export function createNotices(now: () => number, open: (path: string) => void): (notice: DesktopNotice) => boolean {
  let shown: number[] = [];
  return ({ title, body, path }) => {
    shown = shown.filter((at) => at > now() - minute);
    if (!Notification.isSupported() || shown.length >= mostAMinute) return false;
    shown.push(now());
    const notification = new Notification({ title, body });
    notification.on('click', () => open(path));
    notification.show();
    return true;
  };
}
