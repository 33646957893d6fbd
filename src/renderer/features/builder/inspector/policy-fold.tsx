import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { setPolicy } from '../../../../shared/flows/edit.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { Port } from '../../../../shared/flows/step-type.ts';
import type { FlowStep, OnError, StepPolicy } from '../../../../shared/model/flow.ts';
import { Field } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatDuration, formatPlural } from '../../../ui/numbers.ts';
import { Select } from '../../../ui/select.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { useBuilder, useFlow } from '../model/builder.ts';
import { useStepFindings } from '../model/findings.ts';
import { graphOf, stepPorts } from '../model/ports.ts';
import { NumberInput } from './number-input.tsx';
import { ValueField } from './value-field.tsx';

type PolicyChange = { [Key in keyof StepPolicy]?: StepPolicy[Key] | undefined };

/** What happens when the step fails: tries and their times, what goes on instead, and whether earlier results count (F5, F6). */
export function PolicyFold({ step }: { step: FlowStep }) {
  const { flow, readOnly } = useBuilder();
  const [open, setOpen] = useState(false);
  const findings = useStepFindings(step.id);
  const policy = step.policy ?? {};
  const wrong = [...findings].find(([field]) => field.startsWith('policy/'))?.[1];
  const set = (change: PolicyChange) => {
    const next = Object.fromEntries(
      Object.entries({ ...policy, ...change }).filter(([, value]) => value !== undefined),
    ) as StepPolicy;
    flow.edit((doc, origin) => setPolicy(doc, step.id, Object.keys(next).length === 0 ? undefined : next, origin));
  };
  return (
    <section className="flow-fold" data-open={open}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon of={ChevronRight} size={14} />
        <span className="font-medium">If it fails</span>
        <span className="end cut">{wrong ?? policyWords(policy)}</span>
      </button>
      {open && (
        <div className="flex flex-col gap-3 pt-1 pb-4">
          <Tries step={step} policy={policy} readOnly={readOnly} set={set} />
          <OnErrorFields step={step} policy={policy} readOnly={readOnly} set={set} />
          <Cache step={step} policy={policy} readOnly={readOnly} set={set} />
          {wrong !== undefined && (
            <span className="ui-help" data-error="" role="alert">
              {wrong}
            </span>
          )}
        </div>
      )}
    </section>
  );
}

interface PartProps {
  step: FlowStep;
  policy: StepPolicy;
  readOnly: boolean;
  set: (change: PolicyChange) => void;
}

const attempts = { type: 'integer', minimum: 1, maximum: 20 };
const seconds = { type: 'integer', minimum: 1, maximum: 86_400 };
const firstPause = { type: 'number', minimum: 0, maximum: 3600 };

function Tries({ step, policy, readOnly, set }: PartProps) {
  const isJob = stepType(step.type)?.executes === 'job';
  const pause = policy.backoff;
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label="Tries" help="Own errors too, not only lost nodes">
        <NumberInput
          value={policy.attempts}
          schema={attempts}
          readOnly={readOnly}
          placeholder="1"
          onChange={(value) => set({ attempts: value })}
        />
      </Field>
      <Field label="Longest try">
        <NumberInput
          value={policy.timeoutSeconds}
          schema={seconds}
          readOnly={readOnly}
          unit="s"
          placeholder="as the type says"
          onChange={(value) => set({ timeoutSeconds: value })}
        />
      </Field>
      {(policy.attempts ?? 1) > 1 && (
        <Field label="Pause before the second" help="It doubles with each further one">
          <NumberInput
            value={pause === undefined ? undefined : pause.firstMs / 1000}
            schema={firstPause}
            readOnly={readOnly}
            unit="s"
            placeholder="1"
            onChange={(value) =>
              set({
                backoff:
                  value === undefined ? undefined : { firstMs: Math.round(value * 1000), factor: 2, maxMs: 3_600_000 },
              })
            }
          />
        </Field>
      )}
      {isJob && (
        <Field label="Longest wait for a machine">
          <NumberInput
            value={policy.queueSeconds}
            schema={seconds}
            readOnly={readOnly}
            unit="s"
            placeholder="no limit"
            onChange={(value) => set({ queueSeconds: value })}
          />
        </Field>
      )}
    </div>
  );
}

const ways: readonly { value: OnError; label: string }[] = [
  { value: 'fail', label: 'The run fails' },
  { value: 'default', label: 'A default goes on' },
  { value: 'port', label: 'Its output Error goes on' },
];

function OnErrorFields({ step, policy, readOnly, set }: PartProps) {
  const outputs = useFlow((view) => stepPorts(graphOf(view), step.id).outputs);
  const given = policy.defaultOutputs ?? {};
  const change = (port: Port, value: unknown) => set({ defaultOutputs: { ...given, [port.name]: value as never } });
  return (
    <>
      <Field label="After the last try">
        <Select
          value={policy.onError ?? 'fail'}
          options={ways}
          disabled={readOnly}
          onChange={(way) =>
            set({
              onError: way === 'fail' ? undefined : way,
              ...(way === 'default' ? {} : { defaultOutputs: undefined }),
            })
          }
        />
      </Field>
      {policy.onError === 'default' &&
        outputs.map((port) => (
          <Field key={port.name} label={`Default for ${port.title}`}>
            <ValueField
              value={given[port.name]}
              type={port.type}
              readOnly={readOnly}
              label={port.title}
              onChange={(value) => change(port, value)}
            />
          </Field>
        ))}
    </>
  );
}

/** Only where a result may be taken from an earlier run: not for what has effects, and not for a whole Map. */
function Cache({ step, policy, readOnly, set }: PartProps) {
  const type = stepType(step.type);
  if (type === null || type.sideEffects || type.executes === 'container') return null;
  return (
    <Field
      label="Take an earlier result"
      help="Where type, settings and all inputs were the same"
      className="flow-switch-field"
    >
      <Switch on={policy.cache === true} disabled={readOnly} onChange={(on) => set({ cache: on ? true : undefined })} />
    </Field>
  );
}

/** "2 more tries, then the run fails" */
export function policyWords({ attempts: tries = 1, timeoutSeconds, onError = 'fail' }: StepPolicy): string {
  const end = { fail: 'the run stops', default: 'a default goes on', port: 'Error goes on' }[onError];
  const words = tries > 1 ? `${formatPlural(tries - 1, 'more try', 'more tries')}, then ${end}` : capital(end);
  return timeoutSeconds === undefined ? words : `${words}; ${formatDuration(timeoutSeconds * 1000)} each`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
