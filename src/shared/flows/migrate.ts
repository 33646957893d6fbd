import { Check, Errors } from 'typebox/value';
import { AppError, type FieldError } from '../errors.ts';
import { FlowFile, flowSchemaId } from '../model/flow.ts';

type OldFile = Record<string, unknown>;

/** One step forward per released schema: an old flow always opens. Keys are the schemas that they take. */
type Forward = Readonly<Record<string, (file: OldFile) => OldFile>>;
const released: Forward = {};

/**
 * A flow file as it came (import, a stored version), brought to the present schema and checked. Rejects
 * `flow_schema_unknown`, and `flow_invalid` with every place.
 */
export function migrateFile(value: unknown, forward: Forward = released): FlowFile {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('flow_invalid', 'A flow file is a JSON object');
  let file = value as OldFile;
  while (file['schema'] !== flowSchemaId) file = stepForward(file, forward);
  if (!Check(FlowFile, file))
    throw new AppError('flow_invalid', 'The flow file is not well formed', { errors: mistakes(file) });
  return file;
}

function stepForward(file: OldFile, forward: Forward): OldFile {
  const schema = String(file['schema'] ?? '');
  const migrate = Object.hasOwn(forward, schema) ? forward[schema] : undefined;
  if (migrate === undefined)
    throw new AppError(
      'flow_schema_unknown',
      `The schema of this flow file is "${schema.slice(0, 80)}"; this version knows ${flowSchemaId}`,
    );
  return migrate(file);
}

function mistakes(file: unknown): FieldError[] {
  return Errors(FlowFile, file)
    .slice(0, 20)
    .map(({ instancePath, message }) => ({ path: instancePath, message, code: 'form' }));
}
