import './button.css';
import type { LucideIcon } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { StateGlyph } from './state-glyph.tsx';
import { Tooltip } from './tooltip.tsx';

/** plain; main = ink, for creating; go = highlighter, sets machines to work, one per view; ghost; danger; danger-fill inside dialogs. */
export type ButtonVariant = 'plain' | 'main' | 'go' | 'ghost' | 'danger' | 'danger-fill';
export type ButtonSize = 's' | 'm' | 'l' | 'touch';

interface Look {
  variant?: ButtonVariant;
  size?: ButtonSize;
}

export interface ButtonProps extends Look, ComponentProps<'button'> {
  icon?: LucideIcon;
  /** Shows a spinner in place of the icon and takes no second press. */
  pending?: boolean;
  /** Lends its look to the only child, for example a link. */
  asChild?: boolean;
  children: ReactNode;
}

export function Button({
  variant = 'plain',
  size = 'm',
  icon,
  pending = false,
  asChild = false,
  children,
  ...rest
}: ButtonProps) {
  const Root = asChild ? Slot.Root : 'button';
  return (
    <Root
      {...(asChild ? {} : { type: 'button' as const })}
      {...rest}
      className={`ui-button ${rest.className ?? ''}`}
      data-variant={variant}
      data-size={size}
      disabled={rest.disabled === true || pending}
    >
      {pending ? (
        <StateGlyph state="running" />
      ) : (
        icon && <Icon of={icon} size={size === 'l' || size === 'touch' ? 16 : 14} />
      )}
      <Slot.Slottable>{children}</Slot.Slottable>
    </Root>
  );
}

export interface IconButtonProps extends Look, Omit<ComponentProps<'button'>, 'children'> {
  icon: LucideIcon;
  /** What it does; read aloud, and shown in its tooltip. */
  label: string;
  keys?: string;
}

/** A square button with only an icon. */
export function IconButton({ icon, label, keys, variant = 'plain', size = 'm', ...rest }: IconButtonProps) {
  return (
    <Tooltip content={label} {...(keys === undefined ? {} : { keys })}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={`ui-button ${rest.className ?? ''}`}
        data-icon=""
        data-variant={variant}
        data-size={size}
      >
        <Icon of={icon} size={size === 's' ? 14 : 16} />
      </button>
    </Tooltip>
  );
}
