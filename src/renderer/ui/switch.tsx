import './switch.css';
import { Switch as Radix } from 'radix-ui';
import { useFieldLinks } from './field.tsx';

interface SwitchProps {
  on: boolean;
  onChange: (on: boolean) => void;
  /** Where no Field stands around it. */
  label?: string;
  disabled?: boolean;
}

/** Takes effect at once; a choice that is sent later is a Checkbox. */
export function Switch({ on, onChange, label, disabled = false }: SwitchProps) {
  return (
    <Radix.Root
      className="ui-switch"
      checked={on}
      onCheckedChange={onChange}
      disabled={disabled}
      {...useFieldLinks()}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      <Radix.Thumb />
    </Radix.Root>
  );
}
