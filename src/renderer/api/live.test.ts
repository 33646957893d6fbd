import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { type LiveClientMessage, type LiveServerMessage, liveCloseCodes } from '../../shared/protocol/live.ts';
import { createLive, type Follower } from './live.ts';
import { backOff, nextLiveState } from './live-state.ts';

/** A socket whose other end is the test. */
class FakeSocket {
  readyState = 0;
  sent: LiveClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as LiveClientMessage);
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(...messages: LiveServerMessage[]): void {
    this.onmessage?.({ data: JSON.stringify(messages.length === 1 ? messages[0] : messages) });
  }
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const at = (seq: number) => ({ epoch: 'one', seq });
const removed = (seq: number): LiveServerMessage => ({
  type: 'event',
  topic: 'workspace:ws-1',
  position: at(seq),
  event: { kind: 'node.removed', nodeId: `node-${seq}` },
});

function follower(
  more: Partial<Follower> = {},
): Follower & { onEvents: ReturnType<typeof vi.fn>; onRefetch: ReturnType<typeof vi.fn> } {
  return { since: () => at(4), onEvents: vi.fn(), onRefetch: vi.fn(), ...more } as never;
}

function setUp(url: () => Promise<string> = () => Promise.resolve('ws://host/ws/live?ticket=t')) {
  const sockets: FakeSocket[] = [];
  const live = createLive({
    url,
    clock: { now: () => Date.now() },
    random: () => 0,
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  return { live, sockets };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('data.md live: subscribe from the position of what is shown, resume by (epoch, seq)', () => {
  test('nothing is opened before somebody follows something', async () => {
    const { live, sockets } = setUp();
    await settle();
    expect(sockets).toHaveLength(0);
    expect(live.state.getState().kind).toBe('idle');
  });

  test('a topic is followed from the position that the follower knows; events come together, in order', async () => {
    const { live, sockets } = setUp();
    const one = follower();
    live.follow('workspace:ws-1', one);
    await settle();
    sockets[0]?.open();
    expect(sockets[0]?.sent).toEqual([{ type: 'subscribe', topic: 'workspace:ws-1', since: at(4) }]);
    sockets[0]?.say(removed(5), removed(6));
    expect(one.onEvents).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(60);
    expect(
      one.onEvents.mock.calls.map(([events]) =>
        events.map((placed: { position: { seq: number } }) => placed.position.seq),
      ),
    ).toEqual([[5, 6]]);
  });

  test('after a break it goes on where it stopped', async () => {
    const { live, sockets } = setUp();
    live.follow('workspace:ws-1', follower());
    await settle();
    sockets[0]?.open();
    sockets[0]?.say(removed(5), removed(9));
    sockets[0]?.end(1006);
    expect(live.state.getState()).toMatchObject({ kind: 'lost', tries: 0 });
    await vi.advanceTimersByTimeAsync(600);
    sockets[1]?.open();
    expect(sockets[1]?.sent).toEqual([{ type: 'subscribe', topic: 'workspace:ws-1', since: at(9) }]);
    expect(live.state.getState()).toEqual({ kind: 'live' });
  });

  test('a gap means refetch, and events from before it are dropped', async () => {
    const { live, sockets } = setUp();
    const one = follower();
    live.follow('workspace:ws-1', one);
    await settle();
    sockets[0]?.open();
    sockets[0]?.say(removed(5), { type: 'refetch', topic: 'workspace:ws-1', position: { epoch: 'two', seq: 1 } });
    await vi.advanceTimersByTimeAsync(60);
    expect(one.onRefetch).toHaveBeenCalledOnce();
    expect(one.onEvents).not.toHaveBeenCalled();
  });

  test('the last follower to leave ends the subscription', async () => {
    const { live, sockets } = setUp();
    const [stopOne, stopTwo] = [live.follow('run:run-1', follower()), live.follow('run:run-1', follower())];
    await settle();
    sockets[0]?.open();
    stopOne();
    expect(sockets[0]?.sent.map((message) => message.type)).toEqual(['subscribe']);
    stopTwo();
    expect(sockets[0]?.sent.map((message) => message.type)).toEqual(['subscribe', 'unsubscribe']);
  });
});

describe('interface.md live: when the connection is lost it says so and shows how old the data is', () => {
  test('the age counts from the first break, over every further try', async () => {
    let tries = 0;
    const { live } = setUp(() => {
      tries += 1;
      return Promise.reject(new Error('away'));
    });
    const began = Date.now();
    live.follow('workspace:ws-1', follower());
    await vi.advanceTimersByTimeAsync(5000);
    expect(tries).toBeGreaterThan(3);
    expect(live.state.getState()).toMatchObject({ kind: 'lost', since: began });
  });

  test('a silent host counts as away', async () => {
    const { live, sockets } = setUp();
    live.follow('workspace:ws-1', follower());
    await settle();
    sockets[0]?.open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(live.state.getState().kind).not.toBe('live');
    expect(sockets.length).toBeGreaterThan(1);
  });

  test('no session ends the tries until somebody signs in', async () => {
    const { live } = setUp(() => Promise.reject(new AppError('not_signed_in')));
    live.follow('workspace:ws-1', follower());
    await settle();
    expect(live.state.getState()).toEqual({ kind: 'signed-out' });
    expect(nextLiveState({ kind: 'live' }, { kind: 'closed', at: 0, random: 0, signedOut: true })).toEqual({
      kind: 'signed-out',
    });
    expect(liveCloseCodes.signedOut).toBe(4006);
  });

  test('tries come further and further apart, at most 30 s, never all at once', () => {
    expect([0, 1, 2, 3, 20].map((tries) => backOff(tries, 0.999_999))).toEqual(
      [500, 1000, 2000, 4000, 30_000].map((ms) => expect.closeTo(ms, -1)),
    );
    expect(backOff(3, 0)).toBe(2000);
  });

  test('a second press on "try now" does not open a second socket', async () => {
    const { live, sockets } = setUp();
    live.follow('workspace:ws-1', follower());
    live.retry();
    live.retry();
    await settle();
    expect(sockets).toHaveLength(1);
  });
});
