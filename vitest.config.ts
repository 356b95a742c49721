import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { DurationRecorder, LongestFirst } from './test/support/durations.js';

const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };
const setupFiles = ['test/support/deny-network.ts'];
const withDatabase = { globalSetup: ['test/support/postgres-setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 };

/** Without a process of its own for each: what is tested here keeps no state between files, and starting took most of the time. */
const small: TestProjectInlineConfiguration = {
  test: {
    name: 'small',
    include: ['src/**/*.spec.ts', 'sandbox/**/*.spec.ts', 'test/connectors/**/*.spec.ts'],
    env: { TZ: 'Pacific/Auckland' },
    testTimeout: 20_000,
    isolate: false,
  },
};

/** One pool for all of them: what waits for a process, a vendor or a browser leaves its core to what computes. */
const large: TestProjectInlineConfiguration[] = [
  { test: { name: 'medium', include: ['test/medium/**/*.spec.ts'], env: { TZ: 'America/Los_Angeles' }, ...withDatabase, isolate: false } },
  { test: { name: 'contract', include: ['test/contract/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'architecture', include: ['test/architecture/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'attack', include: ['test/attack/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'journey', include: ['test/journey/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'browser', include: ['test/browser/**/*.spec.ts'], ...withDatabase } },
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    // The report is what scripts/run-checks.mjs counts.
    reporters: ['default', ['json', { outputFile: 'coverage/tests.json' }], new DurationRecorder()],
    sequence: { sequencer: LongestFirst },
    projects: [[small], large].flatMap((together, groupOrder) =>
      together.map((project) => ({ oxc, test: { ...project.test, setupFiles, sequence: { groupOrder } } })),
    ),
  },
});
