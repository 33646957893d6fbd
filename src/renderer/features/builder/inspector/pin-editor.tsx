import { Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { Pins } from '../../../../shared/model/run.ts';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { useBuilder, useFlow, usePin } from '../model/builder.ts';
import { graphOf, stepPorts } from '../model/ports.ts';
import { ValueField } from './value-field.tsx';

interface PinEditorProps {
  step: FlowStep;
  /** What the step gave in the shown run; null while it is not known, or where it is too large to pin. */
  gave: Pins[string] | null;
}

/** Pins what a step gave, as it was or edited: runs then take it instead of executing the step (F7). Only in this browser. */
export function PinEditor({ step, gave }: PinEditorProps) {
  const { pins, readOnly } = useBuilder();
  const pin = usePin(step.id);
  const [editing, setEditing] = useState<Pins[string] | null>(null);
  if (readOnly || step.parent !== undefined) return null;
  if (editing !== null)
    return <PinForm step={step} values={editing} onChange={setEditing} onDone={() => setEditing(null)} />;
  if (pin === undefined)
    return gave === null ? null : (
      <Button size="s" icon={Pin} className="self-start" onClick={() => setEditing(gave)}>
        Pin and edit
      </Button>
    );
  return (
    <>
      <Notice tone="warn">
        <b>Pinned.</b> Your runs take this instead of executing the step. It is kept in this browser, not in the flow.
      </Notice>
      <div className="row gap-2">
        <Button size="s" icon={Pin} onClick={() => setEditing(pin)}>
          Edit the pin
        </Button>
        <Button size="s" variant="ghost" icon={PinOff} onClick={() => pins.unpin(step.id)}>
          Take it away
        </Button>
      </div>
    </>
  );
}

interface PinFormProps {
  step: FlowStep;
  values: Pins[string];
  onChange: (values: Pins[string]) => void;
  onDone: () => void;
}

function PinForm({ step, values, onChange, onDone }: PinFormProps) {
  const { pins } = useBuilder();
  const outputs = useFlow((view) => stepPorts(graphOf(view), step.id).outputs);
  const keep = () => {
    pins.pin(step.id, values);
    onDone();
  };
  return (
    <div className="flow-pin-form">
      {outputs.map((port) => (
        <Field key={port.name} label={port.title}>
          <ValueField
            value={values[port.name]}
            type={port.type}
            readOnly={false}
            label={port.title}
            onChange={(value) => onChange({ ...values, [port.name]: value as never })}
          />
        </Field>
      ))}
      <div className="row gap-2">
        <Button size="s" variant="main" icon={Pin} onClick={keep}>
          Pin it
        </Button>
        <Button size="s" variant="ghost" onClick={onDone}>
          Not now
        </Button>
      </div>
    </div>
  );
}
