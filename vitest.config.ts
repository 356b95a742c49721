import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { DurationRecorder, LongestFirst } from './test/support/durations.js';

const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };
const setupFiles = ['test/support/deny-network.ts'];
/** Patience costs nothing where all is well: how long something may take is never what a test is about. */
const patient = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };
const withDatabase = { globalSetup: ['test/support/postgres-setup.ts'], ...patient };
/** What starts processes and browsers, or asks thousands of questions. */
const enduring = { ...withDatabase, testTimeout: 600_000, hookTimeout: 600_000 };
/** As with what is small: loading the application anew for each file took longer than many a file itself. */
const shared = { ...withDatabase, isolate: false };

/** Without a process of its own for each: what is tested here keeps no state between files, and starting took most of the time. */
const small: TestProjectInlineConfiguration = {
  test: {
    name: 'small',
    include: ['src/**/*.spec.ts', 'sandbox/**/*.spec.ts', 'test/connectors/**/*.spec.ts'],
    env: { TZ: 'Pacific/Auckland' },
    ...patient,
    isolate: false,
  },
};

/** One pool for all of them: what waits for a process, a vendor or a browser leaves its core to what computes. */
const large: TestProjectInlineConfiguration[] = [
  { test: { name: 'medium', include: ['test/medium/**/*.spec.ts'], env: { TZ: 'America/Los_Angeles' }, ...shared } },
  { test: { name: 'contract', include: ['test/contract/**/*.spec.ts'], ...shared } },
  { test: { name: 'architecture', include: ['test/architecture/**/*.spec.ts'], ...shared } },
  { test: { name: 'attack', include: ['test/attack/**/*.spec.ts'], ...enduring, isolate: false } },
  { test: { name: 'journey', include: ['test/journey/**/*.spec.ts'], ...enduring } },
  { test: { name: 'browser', include: ['test/browser/**/*.spec.ts'], ...enduring } },
];

export default defineConfig({
  test: {
    // One more than cores: a time-out that passes, a killed process or a browser is waited for while two others compute.
    maxWorkers: availableParallelism() + 1,
    // The report is what scripts/run-checks.mjs counts.
    reporters: ['default', ['json', { outputFile: 'coverage/tests.json' }], new DurationRecorder()],
    sequence: { sequencer: LongestFirst },
    projects: [[small], large].flatMap((together, groupOrder) =>
      together.map((project) => ({ oxc, test: { ...project.test, setupFiles, sequence: { groupOrder } } })),
    ),
  },
});
