import { Fragment, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { type RowRange, visibleRows } from './visible-rows.ts';

interface VirtualRowsProps {
  /** The height of every row, in pixels. */
  heights: readonly number[];
  /** One row; it has exactly its height. */
  children: (index: number) => ReactNode;
}

/** Rows of a long list inside something that scrolls: only those in sight stand in the page. */
export function VirtualRows({ heights, children }: VirtualRowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const known = useRef(heights);
  known.current = heights;
  const [range, setRange] = useState<RowRange>(() => visibleRows(heights, 0, 900));
  const shape = heights.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when the heights change, not with every array
  useLayoutEffect(() => {
    const element = list.current;
    const scroller = element === null ? null : scrollerOf(element);
    if (element === null || scroller === null) return;
    const look = () => {
      const top = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top;
      const next = visibleRows(known.current, top, top + scroller.clientHeight);
      setRange((before) => (isSame(before, next) ? before : next));
    };
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [shape]);
  const shown = Array.from({ length: Math.max(0, Math.min(range.to, heights.length) - range.from) });
  return (
    <div ref={list}>
      <div style={{ height: range.before }} />
      {shown.map((_, offset) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is told by its place in the list
        <Fragment key={range.from + offset}>{children(range.from + offset)}</Fragment>
      ))}
      <div style={{ height: range.after }} />
    </div>
  );
}

const isSame = (one: RowRange, other: RowRange) =>
  one.from === other.from && one.to === other.to && one.before === other.before && one.after === other.after;

/** The nearest ancestor that scrolls, else the page. */
function scrollerOf(element: HTMLElement): HTMLElement {
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.documentElement;
}
