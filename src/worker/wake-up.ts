/** A clock that jumps by more than this between two looks tells that the machine slept. */
const lookMs = 5_000;
const sleepMs = 20_000;

/** Calls `wake` when the machine has slept. Returns how to stop looking. */
export function onWakeUp(wake: () => Promise<void>): () => void {
  let before = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - before > sleepMs) void wake().catch(() => undefined);
    before = now;
  }, lookMs);
  return () => clearInterval(timer);
}
