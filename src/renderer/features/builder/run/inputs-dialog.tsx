import { Play } from 'lucide-react';
import { useState } from 'react';
import { mismatch, type PortType } from '../../../../shared/flows/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Field } from '../../../ui/field.tsx';
import { ValueField } from '../inspector/value-field.tsx';
import { useBuilder, useFlow, useUi } from '../model/builder.ts';
import { graphOf } from '../model/ports.ts';
import { type Extent, openInputs, startWith } from './use-start-run.ts';

/** Asks for the inputs that have no value, then runs. */
export function InputsDialog() {
  const asking = useUi((ui) => ui.asking);
  return asking === null ? null : <Asking extent={asking} />;
}

function Asking({ extent }: { extent: Extent }) {
  const builder = useBuilder();
  const { ui } = builder;
  const inputs = useFlow((view) => graphOf(view));
  const open = openInputs(inputs);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [tried, setTried] = useState(false);
  const close = () => ui.setState({ asking: null });
  const givenFor = (name: string, type: string) =>
    values[name] ?? (type === 'boolean' ? false : type === 'text' ? '' : undefined);
  const wrong = (name: string, type: string) => {
    const value = givenFor(name, type);
    const missing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    return missing ? 'Give a value' : mismatch(type as PortType, value);
  };
  const go = async () => {
    setTried(true);
    if (open.some(({ name, type }) => wrong(name, type) !== null)) return;
    close();
    const given = Object.fromEntries(open.map(({ name, type }) => [name, givenFor(name, type)]));
    await startWith(builder, extent, given);
  };
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && close()}
      title="Run with"
      text="These inputs have no value in the flow. What you give here counts for this run only."
      width={460}
      foot={
        <>
          <Button onClick={close}>Not now</Button>
          <Button variant="go" icon={Play} onClick={() => void go()}>
            Run
          </Button>
        </>
      }
    >
      <div className="mt-4 flex flex-col gap-4">
        {open.map(({ name, title, type }) => (
          <Field key={name} label={title} error={tried ? (wrong(name, type) ?? undefined) : undefined}>
            <ValueField
              value={givenFor(name, type)}
              type={type}
              readOnly={false}
              label={title}
              onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
            />
          </Field>
        ))}
      </div>
    </Dialog>
  );
}
