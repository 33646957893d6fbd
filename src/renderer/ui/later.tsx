import { type ReactNode, useDeferredValue } from 'react';

interface LaterProps {
  children: ReactNode;
  /** What stands in its place until then, as large. */
  instead?: ReactNode;
}

/** Draws something in a pass after what stands around it, so that the two together are no long task. */
export const Later = ({ children, instead = null }: LaterProps) => (useDeferredValue(true, false) ? children : instead);
