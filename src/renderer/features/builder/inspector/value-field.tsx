import { useState } from 'react';
import { coerce, itemOf, mismatch, type PortType } from '../../../../shared/flows/types.ts';
import type { FileValue } from '../../../../shared/model/values.ts';
import { isFile } from '../../../app/value/shown.ts';
import { Switch } from '../../../ui/switch.tsx';
import { Textarea } from '../../../ui/textarea.tsx';
import { FilesField } from './files-field.tsx';
import { NumberInput } from './number-input.tsx';

interface ValueFieldProps {
  value: unknown;
  type: string;
  onChange: (value: unknown) => void;
  readOnly: boolean;
  label: string;
}

/** A value of a port type, typed in or uploaded. */
export function ValueField({ value, type, onChange, readOnly, label }: ValueFieldProps) {
  switch (type) {
    case 'text':
      return (
        <Textarea
          rows={2}
          readOnly={readOnly}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'number':
      return <NumberInput value={value} readOnly={readOnly} onChange={(next) => onChange(next ?? null)} />;
    case 'boolean':
      return <Switch on={value === true} onChange={onChange} disabled={readOnly} />;
    case 'file':
    case 'image':
      return (
        <FilesField
          files={isFile(value) ? [value] : []}
          onChange={(files) => onChange(files.at(-1) ?? null)}
          images={type === 'image'}
          one
          readOnly={readOnly}
          label={label}
        />
      );
    case 'list<file>':
    case 'list<image>':
      return (
        <FilesField
          files={Array.isArray(value) ? value.filter((item): item is FileValue => isFile(item)) : []}
          onChange={onChange}
          images={type === 'list<image>'}
          readOnly={readOnly}
          label={label}
        />
      );
    case 'list<text>':
      return <LinesField value={value} onChange={onChange} readOnly={readOnly} />;
    default:
      return <JsonField value={value} type={type as PortType} onChange={onChange} readOnly={readOnly} />;
  }
}

interface PlainProps {
  value: unknown;
  onChange: (value: unknown) => void;
  readOnly: boolean;
}

const LinesField = ({ value, onChange, readOnly }: PlainProps) => (
  <Textarea
    rows={4}
    readOnly={readOnly}
    placeholder="One text per line"
    value={Array.isArray(value) ? value.map(String).join('\n') : ''}
    onChange={(event) => onChange(event.target.value === '' ? [] : event.target.value.split('\n'))}
  />
);

/** JSON as text; kept only while it can be read and has the type. */
function JsonField({ value, type, onChange, readOnly }: PlainProps & { type: PortType }) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (value === undefined || value === null ? '' : JSON.stringify(value, null, 2));
  const wrong = typed === null || typed.trim() === '' ? null : problemOf(type, typed);
  return (
    <div>
      <Textarea
        mono
        rows={4}
        readOnly={readOnly}
        value={text}
        placeholder={itemOf(type) === null || type === 'any' || type === 'json' ? '{ "name": "value" }' : '[]'}
        aria-invalid={wrong !== null}
        onBlur={() => wrong === null && setTyped(null)}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value.trim() === '') onChange(null);
          else if (problemOf(type, event.target.value) === null) onChange(coerce('json', event.target.value));
        }}
      />
      {wrong !== null && (
        <span className="ui-help mt-1.5 block" data-error="" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

function problemOf(type: PortType, text: string): string | null {
  try {
    const wrong = mismatch(type, JSON.parse(text));
    return wrong === null ? null : `${wrong.charAt(0).toUpperCase()}${wrong.slice(1)}.`;
  } catch {
    return 'This is not valid JSON yet.';
  }
}
