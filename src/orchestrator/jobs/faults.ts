import type { JobError } from '../../shared/model/job.ts';

/** The code of an attempt that ended because its node said goodbye. */
export const nodeLeft = 'node_left';

/** An attempt that ended for a reason that is its node's, not the job's (J4). */
export const nodeFault = (code: string, message: string): JobError => ({ code, message, fault: 'node' });
