import { useState } from 'react';
import type { TSchema } from 'typebox';
import { Input } from '../../../ui/input.tsx';

interface NumberInputProps {
  value: unknown;
  /** Its `minimum` and `maximum` bound what is kept; `type: integer` takes whole numbers only. */
  schema?: TSchema;
  readOnly?: boolean;
  unit?: string;
  placeholder?: string;
  /** Undefined when the field is emptied. */
  onChange: (value: number | undefined) => void;
}

interface Bounds {
  type?: string;
  minimum?: number;
  maximum?: number;
}

/** The number that a text stands for, within its bounds; null when it is none. */
export function readNumber(text: string, bounds: Bounds): number | null {
  const number = Number(text.replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(number)) return null;
  const whole = bounds.type === 'integer' ? Math.round(number) : number;
  return Math.min(
    bounds.maximum ?? Number.POSITIVE_INFINITY,
    Math.max(bounds.minimum ?? Number.NEGATIVE_INFINITY, whole),
  );
}

/** A number; what is typed is kept as typed until the field is left. */
export function NumberInput({ value, schema, readOnly = false, unit, placeholder, onChange }: NumberInputProps) {
  const bounds = (schema ?? {}) as Bounds;
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (typeof value === 'number' ? String(value) : '');
  const type = (text: string) => {
    setTyped(text);
    if (text.trim() === '') onChange(undefined);
    const number = readNumber(text, bounds);
    if (number !== null) onChange(number);
  };
  return (
    <Input
      inputMode="decimal"
      value={shown}
      readOnly={readOnly}
      onChange={(event) => type(event.target.value)}
      onBlur={() => setTyped(null)}
      {...(unit === undefined ? {} : { unit })}
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  );
}
