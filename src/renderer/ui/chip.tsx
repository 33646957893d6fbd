import './chip.css';
import type { ReactNode } from 'react';

interface ChipProps {
  look?: 'fill' | 'line';
  mono?: boolean;
  children: ReactNode;
}

/** A short fact in a row: a tag, a model, a try. */
export const Chip = ({ look = 'fill', mono = false, children }: ChipProps) => (
  <span className="ui-chip" data-look={look} {...(mono ? { 'data-mono': '' } : {})}>
    {children}
  </span>
);
