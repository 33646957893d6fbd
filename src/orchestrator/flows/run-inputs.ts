import { AppError, type FieldError } from '../../shared/errors.ts';
import { inputValue, runName } from '../../shared/flows/steps/input.ts';
import { coerce, mismatch, type PortType } from '../../shared/flows/types.ts';
import type { FlowFile } from '../../shared/model/flow.ts';

/**
 * The values a run starts from, made to fit their Inputs where that is plain ("5" for a number). Throws
 * `run_input_missing` for an Input without a value, and `bad_request` for a value of another type or for no Input.
 */
export function readRunInputs(file: FlowFile, given: Record<string, unknown>): Record<string, unknown> {
  const inputs = file.steps.filter(({ type, parent }) => type === 'input' && parent === undefined);
  const unknown = Object.keys(given).filter((name) => !inputs.some((step) => runName(step) === name));
  const values: Record<string, unknown> = {};
  const missing: FieldError[] = [];
  const wrong: FieldError[] = unknown.map((name) => ({
    path: `inputs/${name}`,
    message: 'The flow has no such input',
  }));
  for (const step of inputs) {
    const name = runName(step);
    const type = String(step.config['type'] ?? 'text') as PortType;
    if (Object.hasOwn(given, name)) values[name] = coerce(type, given[name]);
    const value = inputValue(step, values);
    if (value !== undefined) values[name] = value; // What is typed in counts too: templates name it as {{ inputs.… }}.
    const problem = value === undefined ? null : mismatch(type, value);
    if (value === undefined) missing.push({ path: `steps/${step.id}/value`, message: `"${name}" has no value` });
    else if (problem !== null) wrong.push({ path: `inputs/${name}`, message: `${name}: ${problem}` });
  }
  if (wrong.length > 0) throw new AppError('bad_request', wrong[0]?.message, { errors: wrong });
  if (missing.length > 0) throw new AppError('run_input_missing', missing[0]?.message, { errors: missing });
  return values;
}
