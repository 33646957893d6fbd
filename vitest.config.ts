import { defineConfig } from 'vitest/config';

const node = { environment: 'node', restoreMocks: true } as const;

/** What crosses processes runs what is built. */
const globalSetup = './test/support/built.ts';

/** Three projects; the real processes and browsers of the last two take turns, so that a machine with two cores keeps up. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          ...node,
          name: 'integration',
          globalSetup,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          globalSetup,
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
