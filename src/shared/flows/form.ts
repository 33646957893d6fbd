/** A step type's settings schema read as a form: what the inspector draws, which fields are long text, which hold templates. */
import type { TObject, TSchema } from 'typebox';
import type { Config } from './step-type.ts';

/** `model`: one of the models that the workspace can reach (`taking`: which of them). `flow`: another flow of the workspace, with the rows `inputs` and `outputs` beside it; `members`: some of its members. */
export type Widget =
  | 'text'
  | 'number'
  | 'switch'
  | 'select'
  | 'multiline'
  | 'code'
  | 'template'
  | 'value'
  | 'rows'
  | 'flow'
  | 'members'
  | 'model';

/** Annotations that a property of a settings schema may carry, beside TypeBox' title, description and default. */
export interface FieldNotes {
  readonly title: string;
  readonly description?: string;
  readonly widget: Widget;
  /** Its text may hold `{{ }}`. A `template` always may. */
  readonly templated?: boolean;
  /** Its template may name secrets; it arrives as a SecretText where it does (secret-text.ts). */
  readonly secrets?: boolean;
  /** `model`: what it is to do. */
  readonly taking?: 'chat' | 'embeddings';
  /** `select`: the choices with their words. */
  readonly choices?: readonly { readonly value: string; readonly title: string }[];
  /** `code`: the language of the editor. */
  readonly language?: 'typescript' | 'javascript' | 'json';
  /** `value`: the field that names the type of the value, so that the form shows the fitting control (file picker, list…). */
  readonly typedBy?: string;
  /** `text`: shown while empty. */
  readonly placeholder?: string;
  /** `rows`: said while there are none. */
  readonly none?: string;
  /** `rows`: what one row is called on the button that adds one. */
  readonly rowName?: string;
  /** Shown only while another field (of the same row, in rows) has one of these values. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
}

export interface Field extends FieldNotes {
  readonly name: string;
  readonly schema: TSchema;
  readonly default: unknown;
  readonly required: boolean;
  /** `rows`: the fields of one row. */
  readonly columns: readonly Field[];
}

interface AnnotatedSchema extends Partial<FieldNotes> {
  readonly default?: unknown;
  readonly items?: TSchema;
  readonly properties?: Record<string, TSchema>;
  readonly required?: readonly string[];
}

const known = new WeakMap<object, readonly Field[]>();

/** The fields of a settings schema, in its order. */
export function fieldsOf(schema: TObject): readonly Field[] {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const fields = Object.entries(schema.properties).map(([name, property]) => fieldOf(schema, name, property));
  known.set(schema, fields);
  return fields;
}

function fieldOf(owner: TObject, name: string, schema: TSchema): Field {
  const notes = schema as AnnotatedSchema;
  const row = notes.items as AnnotatedSchema | undefined;
  return {
    ...(notes as FieldNotes),
    name,
    title: notes.title ?? name,
    widget: notes.widget ?? 'text',
    schema,
    default: notes.default,
    required: (owner.required as readonly string[] | undefined)?.includes(name) ?? false,
    columns: notes.widget === 'rows' && row?.properties !== undefined ? fieldsOf(row as unknown as TObject) : [],
  };
}

/** Long text is kept so that two people typing in it at once lose nothing (data.md, Flow documents). */
export function isLongText(field: Field): boolean {
  return field.widget === 'code' || field.widget === 'multiline' || field.widget === 'template';
}

/** Whether a field is shown, given the values beside it. */
export function isShown(field: Field, values: Config): boolean {
  return field.when === undefined || field.when.is.includes(String(values[field.when.field] ?? ''));
}

/** A text in the settings that may hold templates: where it stands (`text`, `rows/0/value`) and what it is. */
export interface TemplatedText {
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** Whether it may name secrets. */
  readonly secrets: boolean;
}

/** Every text of these settings that may hold a template and is shown. */
export function templatedTexts(schema: TObject, config: Config): TemplatedText[] {
  const found: TemplatedText[] = [];
  collect(fieldsOf(schema), config, [], found);
  return found;
}

function collect(fields: readonly Field[], values: Config, at: readonly (string | number)[], found: TemplatedText[]) {
  for (const field of fields) {
    const value = values[field.name];
    if (!isShown(field, values)) continue;
    if (field.widget === 'rows' && Array.isArray(value)) {
      for (const [index, row] of value.entries())
        if (typeof row === 'object' && row !== null)
          collect(field.columns, row as Config, [...at, field.name, index], found);
    } else if (typeof value === 'string' && (field.templated === true || field.widget === 'template')) {
      found.push({ path: [...at, field.name], text: value, secrets: field.secrets === true });
    }
  }
}

/** A copy of the settings with the value at each path replaced. */
export function withValues(
  config: Config,
  values: readonly { readonly path: readonly (string | number)[]; readonly value: unknown }[],
): Config {
  const copy: Record<string, unknown> = { ...config };
  for (const { path, value } of values) place(copy, path, value);
  return copy;
}

function place(target: Record<string | number, unknown>, path: readonly (string | number)[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = target[head];
  const copy = (Array.isArray(inner) ? [...inner] : { ...(inner as object) }) as Record<string | number, unknown>;
  target[head] = copy;
  place(copy, rest, value);
}
