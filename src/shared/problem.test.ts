import { expect, test } from 'vitest';
import { AppError, errorCatalogue } from './errors.ts';
import { fromProblem, toProblem } from './problem.ts';

test('an error keeps its code, words and mistakes over the wire', () => {
  const error = new AppError('flow_invalid', 'Two steps have no type', {
    errors: [{ path: 'steps/a', message: 'No type' }],
  });
  const back = fromProblem(JSON.parse(JSON.stringify(toProblem(error))));
  expect([back.code, back.message, back.errors]).toEqual([error.code, error.message, error.errors]);
});

test('what is not an AppError tells nothing of itself', () => {
  expect(JSON.stringify(toProblem(new Error('secret path /home/x')))).not.toContain('secret');
});

test('every code says what happened and what to do next', () => {
  for (const [code, { status, title, next }] of Object.entries(errorCatalogue)) {
    expect(code).toMatch(/^[a-z_]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect([title.length > 10, next.endsWith('.')]).toEqual([true, true]);
  }
});
