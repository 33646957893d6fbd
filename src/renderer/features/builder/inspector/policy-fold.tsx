import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { setPolicy } from '../../../../shared/flows/edit.ts';
import type { FlowStep, StepPolicy } from '../../../../shared/model/flow.ts';
import { Field } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatDuration, formatPlural } from '../../../ui/numbers.ts';
import { useBuilder } from '../model/builder.ts';
import { NumberInput } from './number-input.tsx';

/** What happens when the step fails: how often it is tried, and how long one try may take (F5). */
export function PolicyFold({ step }: { step: FlowStep }) {
  const { flow, readOnly } = useBuilder();
  const [open, setOpen] = useState(false);
  const policy = step.policy ?? {};
  const set = (change: { [Key in keyof StepPolicy]?: StepPolicy[Key] | undefined }) => {
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
        <span className="end">{policyWords(policy)}</span>
      </button>
      {open && (
        <div className="grid grid-cols-2 gap-3 pt-1 pb-3">
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
        </div>
      )}
    </section>
  );
}

const attempts = { type: 'integer', minimum: 1, maximum: 20 };
const seconds = { type: 'integer', minimum: 1, maximum: 86_400 };

/** "2 more tries, then the run fails" */
export function policyWords({ attempts: tries = 1, timeoutSeconds }: StepPolicy): string {
  const words = tries > 1 ? `${formatPlural(tries - 1, 'more try', 'more tries')}, then stop` : 'The run stops';
  return timeoutSeconds === undefined ? words : `${words}; ${formatDuration(timeoutSeconds * 1000)} each`;
}
