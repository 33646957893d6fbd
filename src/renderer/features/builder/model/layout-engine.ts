/** ELK in a worker of its own, so that the page stays alive while a large flow is laid out. Loaded on demand. */
import ElkApi from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { LayoutEngine } from './layout.ts';

const deadline = 20_000;

/** Lays out one graph; rejects after 20 s. The worker ends with it. */
export const layOut: LayoutEngine = async (graph) => {
  const elk = new ElkApi({ workerFactory: () => new Worker(workerUrl) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The layout took longer than 20 s')), deadline);
  });
  try {
    return await Promise.race([elk.layout(graph), late]);
  } finally {
    clearTimeout(timer);
    elk.terminateWorker();
  }
};
