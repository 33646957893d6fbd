import './kbd.css';
import type { ReactNode } from 'react';

/** A key or a chord, such as "Ctrl K". */
export const Kbd = ({ children, className }: { children: ReactNode; className?: string }) => (
  <kbd className={`ui-kbd ${className ?? ''}`}>{children}</kbd>
);
