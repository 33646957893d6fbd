import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { addressGroup } from '../address-group.ts';
import { createAttempts } from './attempts.ts';

describe('attempts', () => {
  const options = { perMinute: 5, perHour: 8, failure: 'unknown_share_key', refusal: 'share_key_attempts' } as const;
  const wrong = () => Promise.reject(new AppError('unknown_share_key'));

  test('protocol.md: 5 wrong guesses a minute per caller, however many at once', async () => {
    let now = 0;
    const attempts = createAttempts({ now: () => now }, options);
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => attempts.guard('a', wrong).catch((error: AppError) => error.code)),
    );
    expect(codes.filter((code) => code === 'unknown_share_key')).toHaveLength(5);
    now = 60_001;
    await expect(attempts.guard('a', wrong)).rejects.toMatchObject({ code: 'unknown_share_key' });
  });

  test('protocol.md: and a bound for the whole host', async () => {
    const attempts = createAttempts({ now: () => 0 }, options);
    for (let caller = 0; caller < 8; caller++) await attempts.guard(`caller-${caller}`, wrong).catch(() => undefined);
    await expect(attempts.guard('another', wrong)).rejects.toMatchObject({ code: 'share_key_attempts' });
  });

  test('what succeeds, or fails in another way, counts for nothing', async () => {
    const attempts = createAttempts({ now: () => 0 }, options);
    for (let time = 0; time < 20; time++) {
      await attempts.guard('a', async () => 1);
      await attempts.guard('a', () => Promise.reject(new Error('disk'))).catch(() => undefined);
    }
    expect(await attempts.guard('a', async () => 'still open')).toBe('still open');
  });

  test('protocol.md: IPv6 is counted by its /64', () => {
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressGroup('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(addressGroup('::1')).toBe('0:0:0:0::/64');
    expect(addressGroup('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(addressGroup('10.0.0.1')).toBe('10.0.0.1');
  });
});
