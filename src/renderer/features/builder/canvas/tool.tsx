import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Icon } from '../../../ui/icon.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';

export interface ToolProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: LucideIcon;
  label: string;
  keys?: string;
  words?: string;
}

/** A button of the floating bars. */
export function Tool({ icon, label, keys, words, ...rest }: ToolProps) {
  return (
    <Tooltip content={label} side="bottom" {...(keys === undefined ? {} : { keys })}>
      <button type="button" aria-label={label} {...rest} {...(words === undefined ? {} : { 'data-words': '' })}>
        <Icon of={icon} />
        {words}
      </button>
    </Tooltip>
  );
}
