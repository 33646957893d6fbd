import './checkbox.css';
import { Check, Minus } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';

interface CheckboxProps {
  checked: boolean | 'indeterminate';
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** The words beside it. */
  children?: ReactNode;
  /** Where no words stand beside it. */
  label?: string;
}

export function Checkbox({ checked, onChange, disabled = false, children, label }: CheckboxProps) {
  const id = useId();
  return (
    <span className="ui-check-row">
      <Radix.Root
        id={id}
        className="ui-check"
        checked={checked}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next === true)}
        {...(label === undefined ? {} : { 'aria-label': label })}
      >
        <Radix.Indicator>{checked === 'indeterminate' ? <Minus aria-hidden /> : <Check aria-hidden />}</Radix.Indicator>
      </Radix.Root>
      {children !== undefined && <label htmlFor={id}>{children}</label>}
    </span>
  );
}
