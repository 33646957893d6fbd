import { type Bounds, type Breach, watchTree } from '../sandbox/watch.ts';
import type { HelperProcess } from './helper-process.ts';

/** Watches a helper from when it runs (sandbox/watch.ts), looking every 100 ms. Returns its stop. */
export function watchHelper(
  { pid }: Pick<HelperProcess, 'pid'>,
  bounds: Bounds,
  onBreach: (breach: Breach) => void,
): () => void {
  let stopped = false;
  let stop = () => {};
  void pid.then((found) => {
    if (!stopped && found !== undefined) stop = watchTree(found, bounds, onBreach, 100);
  });
  return () => {
    stopped = true;
    stop();
  };
}
