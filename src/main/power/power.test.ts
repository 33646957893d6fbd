import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PowerNews } from '../../shared/services.ts';
import { watchPower } from './power.ts';

class Monitor extends EventEmitter {
  battery = false;
  idle = 0;
  isOnBatteryPower = () => this.battery;
  getSystemIdleTime = () => this.idle;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const monitor = new Monitor();
  const told: Omit<PowerNews, 'type'>[] = [];
  const awake = vi.fn();
  const tell = ({ type: _, ...news }: PowerNews) => told.push(news);
  const stop = watchPower(monitor as unknown as PowerMonitor, { tell, awake });
  return { monitor, told, awake, stop };
}

test('what main knows of power and use is told at once, at every change and every half minute', () => {
  const { monitor, told } = watch();
  monitor.idle = 29.7;
  vi.advanceTimersByTime(5_000);
  monitor.battery = true;
  monitor.emit('on-battery');
  expect(told).toEqual([
    { asleep: false, onBattery: false, idleSeconds: 0 },
    { asleep: false, onBattery: false, idleSeconds: 29 },
    { asleep: false, onBattery: true, idleSeconds: 29 },
  ]);
});

test('N6: sleep is told before it comes, and waking at once', () => {
  const { monitor, told, awake } = watch();
  monitor.emit('suspend');
  expect(told.at(-1)?.asleep).toBe(true);
  expect(awake).not.toHaveBeenCalled();
  monitor.emit('resume');
  expect(told.at(-1)?.asleep).toBe(false);
  expect(awake).toHaveBeenCalledTimes(1);
});

test('whoever stops it hears nothing more', () => {
  const { monitor, told, stop } = watch();
  stop();
  monitor.emit('suspend');
  vi.advanceTimersByTime(120_000);
  expect(told).toHaveLength(1);
  expect(monitor.eventNames().flatMap((name) => monitor.listeners(name))).toEqual([]);
});
