import './field.css';
import './menu.css';
import { Check, ChevronsUpDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useFieldLinks } from './field.tsx';
import { Icon } from './icon.tsx';

export interface SelectOption<Value extends string> {
  value: Value;
  label: string;
  /** Stands before the label: a chip, a port shape. */
  lead?: ReactNode;
  /** Stands at the right, quieter. */
  note?: string;
}

interface SelectProps<Value extends string> {
  /** The chosen value; '' where none is. */
  value: Value | '';
  options: readonly SelectOption<Value>[];
  onChange: (value: Value) => void;
  placeholder?: string;
  size?: 's' | 'm' | 'l';
  mono?: boolean;
  disabled?: boolean;
  /** Where no Field stands around it. */
  label?: string;
  className?: string;
}

/** One of a list that is closed until asked for. Option values must not be empty. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const {
    value,
    options,
    onChange,
    placeholder = 'Choose',
    size = 'm',
    mono = false,
    disabled = false,
    label,
    className,
  } = props;
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as Value)} disabled={disabled}>
      <Radix.Trigger
        className={`ui-input ${className ?? ''}`}
        data-size={size}
        {...(mono ? { 'data-mono': '' } : {})}
        {...useFieldLinks()}
        {...(label === undefined ? {} : { 'aria-label': label })}
      >
        <span className="cut">
          <Radix.Value placeholder={<span className="text-ink-3">{placeholder}</span>} />
        </span>
        <Icon of={ChevronsUpDown} size={14} className="ml-auto" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="ui-menu"
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          style={{ minWidth: 'var(--radix-select-trigger-width)' }}
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item key={option.value} value={option.value} className="ui-menu-item">
                {option.lead}
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <span className="ui-menu-end">
                  {option.note}
                  <Radix.ItemIndicator className="pl-2 text-ink">
                    <Icon of={Check} size={14} />
                  </Radix.ItemIndicator>
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
