import type { Payload } from './job-relay.ts';

/** About 200 bytes of JSON each way. */
export const input: Payload = { text: 'x'.repeat(180), n: 12_345 };
export const result: Payload = { text: 'y'.repeat(180), n: 54_321 };
