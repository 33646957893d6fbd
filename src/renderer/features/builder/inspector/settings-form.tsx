import { Link2, Plus, Trash2 } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { type Field as FormField, fieldsOf, isShown } from '../../../../shared/flows/form.ts';
import type { Config, StepType } from '../../../../shared/flows/step-type.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Input } from '../../../ui/input.tsx';
import { Select } from '../../../ui/select.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { Textarea } from '../../../ui/textarea.tsx';
import { ModelField } from './model-field.tsx';
import { NumberInput } from './number-input.tsx';
import { TemplateField } from './template-field.tsx';
import { ValueField } from './value-field.tsx';
import { FlowField, MembersField } from './workspace-fields.tsx';

const CodeField = lazy(() => import('./code-field.tsx').then((module) => ({ default: module.CodeField })));

export type FieldPath = readonly (string | number)[];

export interface FormContext {
  stepId: string;
  readOnly: boolean;
  /** What is wrong with the field at this path, in words. */
  errorAt: (path: string) => string | undefined;
  onChange: (path: FieldPath, value: unknown) => void;
  /** Where the value comes from when an edge gives it; undefined where it is typed in. */
  wiredTo: (path: string) => string | undefined;
}

interface SettingsFormProps {
  type: StepType;
  config: Config;
  context: FormContext;
}

/** The form of a step: made from the settings schema of its type. */
export const SettingsForm = ({ type, config, context }: SettingsFormProps) => (
  <Fields fields={fieldsOf(type.config)} values={config} at={[]} context={context} />
);

interface FieldsProps {
  fields: readonly FormField[];
  values: Config;
  at: FieldPath;
  context: FormContext;
}

const Fields = ({ fields, values, at, context }: FieldsProps) =>
  fields
    .filter((field) => isShown(field, values))
    .map((field) =>
      field.widget === 'rows' ? (
        <Rows key={field.name} field={field} value={values[field.name]} at={at} context={context} />
      ) : (
        <OneField key={field.name} field={field} values={values} at={at} context={context} />
      ),
    );

interface OneFieldProps {
  field: FormField;
  values: Config;
  at: FieldPath;
  context: FormContext;
}

function OneField({ field, values, at, context }: OneFieldProps) {
  const path = [...at, field.name];
  const error = context.errorAt(path.join('/'));
  const help = field.description === undefined ? {} : { help: field.description };
  const source = context.wiredTo(path.join('/'));
  if (source !== undefined) return <Wired title={field.title} source={source} />;
  if (field.widget === 'members') {
    const { readOnly, onChange } = context;
    const chosen = values[field.name];
    const value = Array.isArray(chosen) ? (chosen as string[]) : [];
    const set = (userIds: string[]) => onChange(path, userIds);
    return <MembersField title={field.title} error={error} value={value} readOnly={readOnly} onChange={set} />;
  }
  if (field.widget === 'switch') {
    return (
      <div className="flex flex-col gap-1">
        <Field label={field.title} error={error} {...help} className="flow-switch-field">
          <Control field={field} values={values} path={path} context={context} />
        </Field>
      </div>
    );
  }
  return (
    <Field label={field.title} error={error} {...help}>
      <Control field={field} values={values} path={path} context={context} />
    </Field>
  );
}

/** A field whose value an edge gives. */
const Wired = ({ title, source }: { title: string; source: string }) => (
  <div className="ui-field">
    <span className="ui-label">{title}</span>
    <span className="flow-wired">
      <Icon of={Link2} size={14} />
      <span className="cut">{source}</span>
    </span>
  </div>
);

interface ControlProps {
  field: FormField;
  values: Config;
  path: FieldPath;
  context: FormContext;
}

function Control({ field, values, path, context }: ControlProps) {
  const value = values[field.name] ?? field.default;
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
  const set = (next: unknown) => context.onChange(path, next);
  const placeholder = field.placeholder === undefined ? {} : { placeholder: field.placeholder };
  const { readOnly } = context;
  switch (field.widget) {
    case 'text':
      if (field.templated === true) {
        return (
          <TemplateField
            value={text}
            onChange={set}
            readOnly={readOnly}
            stepId={context.stepId}
            field={path.join('/')}
            rows={1}
            {...placeholder}
          />
        );
      }
      return <Input value={text} readOnly={readOnly} onChange={(event) => set(event.target.value)} {...placeholder} />;
    case 'multiline':
      return (
        <Textarea
          value={text}
          readOnly={readOnly}
          rows={4}
          onChange={(event) => set(event.target.value)}
          {...placeholder}
        />
      );
    case 'template':
      return (
        <TemplateField
          value={text}
          onChange={set}
          readOnly={readOnly}
          stepId={context.stepId}
          field={path.join('/')}
          rows={4}
          {...placeholder}
        />
      );
    case 'number':
      return <NumberInput value={value} schema={field.schema} readOnly={readOnly} onChange={set} />;
    case 'switch':
      return <Switch on={value === true} onChange={set} disabled={readOnly} />;
    case 'select': {
      const options = (field.choices ?? []).map((choice) => ({ value: choice.value, label: choice.title }));
      return <Select value={text} options={options} onChange={set} disabled={readOnly} />;
    }
    case 'code':
      return (
        <Suspense fallback={<Skeleton width="100%" height={220} />}>
          <CodeField
            value={text}
            onChange={set}
            readOnly={readOnly}
            language={field.language ?? 'typescript'}
            label={field.title}
          />
        </Suspense>
      );
    case 'value':
      return (
        <ValueField
          value={value}
          type={String(values[field.typedBy ?? 'type'] ?? 'text')}
          onChange={set}
          readOnly={readOnly}
          label={field.title}
        />
      );
    case 'flow': {
      const choose = (flowId: string, ports: { inputs: unknown; outputs: unknown }) => {
        set(flowId);
        // Where the ports of the step follow from the flow; a tool of an agent has none.
        for (const [name, rows] of Object.entries(ports))
          if (Array.isArray(values[name])) context.onChange([...path.slice(0, -1), name], rows);
      };
      return <FlowField value={text} readOnly={readOnly} onChange={choose} />;
    }
    case 'model':
      return <ModelField value={text} taking={field.taking ?? 'chat'} readOnly={readOnly} onChange={set} />;
    case 'members':
    case 'rows':
      return null;
  }
}

interface RowsProps {
  field: FormField;
  value: unknown;
  at: FieldPath;
  context: FormContext;
}

/** Several of the same: each row is a small form of its own. */
function Rows({ field, value, at, context }: RowsProps) {
  const rows = Array.isArray(value) ? (value as Config[]) : [];
  const path = [...at, field.name];
  const error = context.errorAt(path.join('/'));
  const name = field.rowName ?? 'row';
  const add = () =>
    context.onChange(path, [
      ...rows,
      Object.fromEntries(field.columns.map((column) => [column.name, column.default ?? ''])),
    ]);
  const remove = (index: number) =>
    context.onChange(
      path,
      rows.filter((_, at) => at !== index),
    );
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="ui-label mb-1.5">{field.title}</legend>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other name than its place
        <div key={index} className="flow-row">
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <Fields fields={field.columns} values={row} at={[...path, index]} context={context} />
          </div>
          {!context.readOnly && (
            <IconButton
              icon={Trash2}
              label={`Remove ${name} ${index + 1}`}
              size="s"
              variant="ghost"
              onClick={() => remove(index)}
            />
          )}
        </div>
      ))}
      {rows.length === 0 && field.none !== undefined && <p className="ui-help">{field.none}</p>}
      {error !== undefined && (
        <span className="ui-help" data-error="" role="alert">
          {error}
        </span>
      )}
      {!context.readOnly && (
        <Button size="s" icon={Plus} onClick={add} className="self-start">
          {`Add ${name}`}
        </Button>
      )}
    </fieldset>
  );
}
