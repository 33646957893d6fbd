import './field.css';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { useFieldLinks } from './field.tsx';
import { Icon } from './icon.tsx';

interface InputProps extends Omit<ComponentProps<'input'>, 'size'> {
  size?: 's' | 'm' | 'l';
  icon?: LucideIcon;
  /** Shown at the right, for example "GB". */
  unit?: string;
  mono?: boolean;
  /** A figure stands at its unit. */
  align?: 'end';
}

/** One line of text or a number. Give `aria-label` where no Field stands around it. */
export function Input({ size = 'm', icon, unit, mono = false, align, className, ...rest }: InputProps) {
  return (
    <span
      className={`ui-input ${className ?? ''}`}
      data-size={size}
      {...(mono ? { 'data-mono': '' } : {})}
      data-align={align}
    >
      {icon && <Icon of={icon} size={14} />}
      <input type="text" autoComplete="off" {...useFieldLinks()} {...rest} />
      {unit !== undefined && <span className="ui-unit">{unit}</span>}
    </span>
  );
}
