import { useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { useBuilder } from '../model/builder.ts';

const restMs = 180;

/**
 * Marks the canvas while it is moved. Then it is one picture that the compositor shifts: nothing in it turns or blinks, and
 * nothing is painted again but what comes into sight (canvas.css).
 */
export function useMotion(): void {
  const { ui } = useBuilder();
  const store = useStoreApi();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let canvas: HTMLElement | null = null;
    const rest = () => {
      canvas?.removeAttribute('data-moving');
      ui.setState({ inMotion: false });
    };
    const stop = store.subscribe(({ transform, domNode }, before) => {
      if (transform === before.transform || domNode === null) return;
      canvas ??= domNode.closest<HTMLElement>('.flow-canvas');
      if (!ui.getState().inMotion) {
        canvas?.setAttribute('data-moving', '');
        ui.setState({ inMotion: true });
      }
      clearTimeout(timer);
      timer = setTimeout(rest, restMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
      rest();
    };
  }, [store, ui]);
}
