import type { ReactNode } from 'react';

export type PortBase = 'text' | 'number' | 'boolean' | 'json' | 'file' | 'image' | 'embedding' | 'any';

const shapes: Record<PortBase, ReactNode> = {
  text: <circle cx="6" cy="6" r="3.6" />,
  number: <path d="M6 1.7 10.3 6 6 10.3 1.7 6Z" />,
  boolean: (
    <>
      <path d="M2.2 6a3.8 3.8 0 0 1 7.6 0z" />
      <path d="M2.6 7.6h6.8" stroke="currentColor" strokeWidth="1.4" />
    </>
  ),
  json: <rect x="2.4" y="2.4" width="7.2" height="7.2" rx="1" />,
  file: <path d="M2.6 2h4.2l2.6 2.6V10H2.6z" />,
  image: <path d="M2 2.4h8v7.2H2zm.9 6 2-2.6 1.4 1.6 1.1-1.2 1.6 2.2z" fillRule="evenodd" />,
  embedding: <path d="M6 1.8 10.4 9.6H1.6z" />,
  any: <circle cx="6" cy="6" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
};

interface PortShapeProps {
  base: PortBase;
  /** A list is bracketed. */
  list?: boolean;
  /** A stream has a wave. */
  stream?: boolean;
  size?: number;
  className?: string;
}

/** The shape and colour of a data type. The words of the type stand beside it or in its tooltip. */
export function PortShape({ base, list = false, stream = false, size = 12, className }: PortShapeProps) {
  return (
    <svg
      className={`shrink-0 ${className ?? ''}`}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      fill="currentColor"
      style={{ color: `var(--type-${base})` }}
      aria-hidden="true"
    >
      {list ? <g transform="translate(6 6) scale(.78) translate(-6 -6)">{shapes[base]}</g> : shapes[base]}
      {list && <path d="M1.1 1v10M10.9 1v10" stroke="currentColor" strokeWidth="1.3" fill="none" />}
      {stream && <path d="M10.6 3.4a4 4 0 0 1 0 5.2" stroke="currentColor" strokeWidth="1.3" fill="none" />}
    </svg>
  );
}
