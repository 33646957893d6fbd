import './slider.css';
import { Slider as Radix } from 'radix-ui';
import type { CSSProperties } from 'react';
import { useFieldLinks } from './field.tsx';

interface SliderProps {
  value: number;
  min?: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
  /** In use now, in the units of the value; drawn in `--c`. */
  used?: number;
  /** What is not free at the far end, in the units of the value; hatched. */
  kept?: number;
  disabled?: boolean;
  label?: string;
  /** The value in words, for people who hear it. */
  words?: (value: number) => string;
}

const share = (amount: number, min: number, max: number): CSSProperties => ({
  width: `${(Math.max(0, amount) / Math.max(1e-9, max - min)) * 100}%`,
});

export function Slider({
  value,
  min = 0,
  max,
  step = 1,
  onChange,
  used = 0,
  kept = 0,
  disabled = false,
  label,
  words,
}: SliderProps) {
  const links = useFieldLinks();
  return (
    <Radix.Root
      className="ui-slider"
      value={[value]}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={([next]) => next !== undefined && onChange(next)}
    >
      <Radix.Track className="ui-slider-track">
        <Radix.Range className="ui-slider-range" />
        {used > 0 && <span className="ui-slider-used" style={share(used, min, max)} />}
        {kept > 0 && <span className="ui-slider-kept" style={share(kept, min, max)} />}
      </Radix.Track>
      <Radix.Thumb
        className="ui-slider-thumb"
        {...links}
        {...(label === undefined ? {} : { 'aria-label': label })}
        {...(words === undefined ? {} : { 'aria-valuetext': words(value) })}
      />
    </Radix.Root>
  );
}
