import type { LucideIcon } from 'lucide-react';

export type IconSize = 12 | 14 | 16 | 20;
const strokes: Record<IconSize, number> = { 12: 1.9, 14: 1.6, 16: 1.6, 20: 1.5 };

interface IconProps {
  of: LucideIcon;
  size?: IconSize;
  className?: string;
}

/** A Lucide icon in the weights of the design. It is decoration: the words beside it, or the control's label, say what it means. */
export function Icon({ of: Drawing, size = 16, className }: IconProps) {
  return <Drawing size={size} strokeWidth={strokes[size]} aria-hidden className={`shrink-0 ${className ?? ''}`} />;
}
