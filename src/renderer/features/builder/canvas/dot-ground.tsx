import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { grid } from '../model/geometry.ts';

/** Nearer than this the dots are drawn; further out they would only be grey. */
const leastZoom = 0.45;

/**
 * The grid that steps snap to. The dots are one layer, a cell larger than what is in sight, that the compositor shifts by
 * less than a cell: a pan paints none of them again, only a zoom does.
 */
export function DotGround() {
  const store = useStoreApi();
  const ground = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let drawn = 0;
    const place = () => {
      const element = ground.current;
      const [x, y, zoom] = store.getState().transform;
      if (element === null) return;
      const cell = grid * zoom;
      if (zoom !== drawn) {
        drawn = zoom;
        element.style.setProperty('--cell', `${cell}px`);
        element.style.setProperty('--radius', `${0.8 * zoom}px`);
        element.hidden = zoom < leastZoom;
      }
      // Whole pixels: between them the dots are drawn as dashes.
      element.style.transform = `translate(${Math.round((x % cell) - cell)}px, ${Math.round((y % cell) - cell)}px)`;
    };
    place();
    return store.subscribe(place);
  }, [store]);
  return <div ref={ground} className="flow-dots" aria-hidden="true" />;
}
