import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import { visibleRows } from './visible-rows.ts';

interface VirtualRowsProps {
  /** The height of every row, in pixels. */
  heights: readonly number[];
  /** One row; it has exactly its height. */
  children: (index: number) => ReactNode;
}

/** The stretch of the list that is in sight, in pixels from its top. */
interface Sight {
  top: number;
  bottom: number;
}

/** Sight is told in steps of so many pixels; spare rows cover what lies between. */
const step = 64;

/**
 * Rows of a long list inside something that scrolls: only those in sight stand in the page. Measured when it scrolls or
 * changes its size, once a frame; new heights cost no measuring.
 */
export function VirtualRows({ heights, children }: VirtualRowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ top: 0, bottom: 1024 });
  useEffect(() => {
    const element = list.current;
    return element === null ? undefined : followSight(element, setSight);
  }, []);
  const { from, to, before, after } = visibleRows(heights, sight.top, sight.bottom);
  return (
    <div ref={list}>
      <div style={{ height: before }} />
      {Array.from({ length: Math.max(0, to - from) }, (_, offset) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is told by its place in the list
        <Fragment key={from + offset}>{children(from + offset)}</Fragment>
      ))}
      <div style={{ height: after }} />
    </div>
  );
}

/** Tells which stretch of an element is in sight, now and whenever that changes. Answers how to stop. */
function followSight(element: HTMLElement, tell: (turn: (before: Sight) => Sight) => void): () => void {
  const scroller = scrollerOf(element);
  let frame = 0;
  const look = () => {
    frame = 0;
    const from = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top;
    const top = Math.floor(from / step) * step;
    const bottom = Math.ceil((from + scroller.clientHeight) / step) * step;
    tell((before) => (before.top === top && before.bottom === bottom ? before : { top, bottom }));
  };
  const lookSoon = () => {
    if (frame === 0) frame = requestAnimationFrame(look);
  };
  lookSoon();
  scroller.addEventListener('scroll', lookSoon, { passive: true });
  const observer = new ResizeObserver(lookSoon);
  observer.observe(scroller);
  return () => {
    cancelAnimationFrame(frame);
    scroller.removeEventListener('scroll', lookSoon);
    observer.disconnect();
  };
}

/** The nearest ancestor that scrolls, else the page. */
function scrollerOf(element: HTMLElement): HTMLElement {
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.documentElement;
}
