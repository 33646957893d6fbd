import { EventEmitter } from 'node:events';

const shown: Notification[] = [];

/** Messages of the system; printed, and clicked by a test (controls.ts). */
export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title, body }: { title: string; body: string }) {
    super();
    this.title = title;
    this.body = body;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    shown.push(this);
    console.log(`seen: notified ${this.title}`);
  }
}

export const clickLastNotification = (): boolean => shown.at(-1)?.emit('click') ?? false;
