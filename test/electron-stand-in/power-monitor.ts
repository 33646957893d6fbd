import { EventEmitter } from 'node:events';

/** `powerMonitor`; what it knows a test says (controls.ts). */
class PowerMonitor extends EventEmitter {
  private battery = false;
  private idle = 0;

  isOnBatteryPower(): boolean {
    return this.battery;
  }

  getSystemIdleTime(): number {
    return this.idle;
  }

  change({ onBattery, idleSeconds }: { onBattery?: boolean; idleSeconds?: number }): void {
    this.idle = idleSeconds ?? this.idle;
    if (onBattery === undefined || onBattery === this.battery) return;
    this.battery = onBattery;
    this.emit(onBattery ? 'on-battery' : 'on-ac');
  }
}

export const powerMonitor = new PowerMonitor();
