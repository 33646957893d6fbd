import { type Static, Type } from 'typebox';
import { AppError, type ErrorCode, errorCatalogue } from './errors.ts';

/** Errors on the wire: problem+json, RFC 9457, with a stable `code`, the `next` step and the mistakes one by one. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({
      description: 'A URI reference that names the kind of problem',
    }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; programs may rely on it' }),
    detail: Type.Optional(Type.String()),
    next: Type.Optional(Type.String({ description: 'What to do now' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String(),
          message: Type.String(),
          code: Type.Optional(Type.String()),
        }),
      ),
    ),
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof ProblemSchema>;

/** The one mapping from an error to what is sent. Anything that is not an AppError tells nothing but `internal`. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof AppError)) return describe('internal');
  const problem = describe(error.code);
  if (error.message !== problem.title) problem.detail = error.message;
  if (error.errors.length > 0) problem.errors = error.errors.map((mistake) => ({ ...mistake }));
  return problem;
}

/** The error that a received problem stands for; an unknown code becomes `internal` with the sender's words. */
export function fromProblem(problem: Problem): AppError {
  const code = problem.code in errorCatalogue ? (problem.code as ErrorCode) : 'internal';
  return new AppError(code, problem.detail ?? problem.title, {
    errors: problem.errors ?? [],
  });
}

function describe(code: ErrorCode): Problem {
  const { status, title, next } = errorCatalogue[code];
  return { type: `urn:otherthing:error:${code}`, title, status, code, next };
}
