import type { PowerMonitor } from 'electron';
import type { PowerNews } from '../../shared/services.ts';

type Monitor = Pick<PowerMonitor, 'on' | 'off' | 'getSystemIdleTime' | 'isOnBatteryPower'>;

interface PowerListener {
  /** Hears at once how things stand, at every change, and every few seconds. */
  tell(news: PowerNews): void;
  /** The machine woke from sleep. */
  awake(): void;
}

const often = 5_000;

/** Watches how this machine is powered and used, until the answer is called. */
export function watchPower(monitor: Monitor, { tell, awake }: PowerListener): () => void {
  let asleep = false;
  const say = () =>
    tell({
      type: 'power',
      asleep,
      onBattery: monitor.isOnBatteryPower(),
      idleSeconds: Math.max(0, Math.floor(monitor.getSystemIdleTime())),
    });
  const sleep = () => {
    asleep = true;
    say();
  };
  const wake = () => {
    asleep = false;
    say();
    awake();
  };
  monitor.on('suspend', sleep);
  monitor.on('resume', wake);
  monitor.on('on-battery', say);
  monitor.on('on-ac', say);
  const timer = setInterval(say, often);
  say();
  return () => {
    clearInterval(timer);
    monitor.off('suspend', sleep);
    monitor.off('resume', wake);
    monitor.off('on-battery', say);
    monitor.off('on-ac', say);
  };
}
