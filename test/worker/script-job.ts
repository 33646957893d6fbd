import type { HostMessageOf } from '../../src/shared/protocol/node.ts';

let counter = 0;

/** A job of its own for a script in TypeScript, as a host gives it to a node. */
export function scriptJob(
  source: string,
  more: Partial<HostMessageOf<'job_assign'>> = {},
): HostMessageOf<'job_assign'> {
  counter += 1;
  return {
    type: 'job_assign',
    job_id: `job-${counter}`,
    workspace_id: 'ws-1',
    fence: `1.${counter}`,
    attempt: 1,
    kind: 'script',
    input: { source, language: 'typescript', input: { n: 21 } },
    requires: { cores: 0.5, ramMb: 128 },
    run_seconds: 30,
    label: 'a script',
    ticket: 'ticket-1',
    ...more,
  };
}
