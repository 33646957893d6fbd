import { first } from './001-first.ts';
import { engine } from './002-engine.ts';
import type { Migration } from './migrations.ts';

/** In order of their numbers, 1, 2, 3, …, without gaps. */
export const migrations: readonly Migration[] = [first, engine];
