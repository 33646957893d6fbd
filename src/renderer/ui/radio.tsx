import './checkbox.css';
import { RadioGroup as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';

interface RadioGroupProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode; disabled?: boolean }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** The circle of a radio alone, for a card that is one. */
export const RadioMark = ({ checked }: { checked: boolean }) => (
  <span className="ui-radio" data-state={checked ? 'checked' : 'unchecked'} aria-hidden="true" />
);

/** One of a few that are all in sight. */
export function RadioGroup<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: RadioGroupProps<Value>) {
  const id = useId();
  return (
    <Radix.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className={className ?? 'flex flex-col'}
    >
      {options.map((option) => (
        <span key={option.value} className="ui-check-row">
          <Radix.Item
            id={`${id}-${option.value}`}
            value={option.value}
            disabled={option.disabled === true}
            className="ui-radio"
          />
          <label htmlFor={`${id}-${option.value}`}>{option.label}</label>
        </span>
      ))}
    </Radix.Root>
  );
}
