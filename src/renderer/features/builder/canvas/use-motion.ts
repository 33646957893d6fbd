import { useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';

const restMs = 180;

/**
 * Marks the canvas while it is moved. Then it is one picture that the compositor shifts: nothing in it turns or blinks, and
 * nothing is painted again but what comes into sight (canvas.css).
 */
export function useMotion(): void {
  const store = useStoreApi();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let canvas: HTMLElement | null = null;
    const rest = () => canvas?.removeAttribute('data-moving');
    const stop = store.subscribe(({ transform, domNode }, before) => {
      if (transform === before.transform || domNode === null) return;
      canvas ??= domNode.closest<HTMLElement>('.flow-canvas');
      if (canvas?.hasAttribute('data-moving') === false) canvas.setAttribute('data-moving', '');
      clearTimeout(timer);
      timer = setTimeout(rest, restMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
      rest();
    };
  }, [store]);
}
