import { buildAll } from '../../scripts/build/build.ts';

/** Before tests that start real programs: builds what is stale; nothing when all is fresh. */
export async function setup(): Promise<void> {
  await buildAll({ say: console.log });
}
