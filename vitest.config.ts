import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };
const setupFiles = ['test/support/deny-network.ts'];
const withDatabase = { globalSetup: ['test/support/postgres-setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 };
/** Whole processes and browsers: two at once on two cores would only wait for each other. */
const oneAtATime = { fileParallelism: false };

const projects: TestProjectInlineConfiguration[] = [
  { test: { name: 'small', include: ['src/**/*.spec.ts'], env: { TZ: 'Pacific/Auckland' }, testTimeout: 20_000 } },
  { test: { name: 'medium', include: ['test/medium/**/*.spec.ts'], env: { TZ: 'America/Los_Angeles' }, ...withDatabase } },
  { test: { name: 'contract', include: ['test/contract/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'architecture', include: ['test/architecture/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'attack', include: ['test/attack/**/*.spec.ts'], ...withDatabase } },
  { test: { name: 'journey', include: ['test/journey/**/*.spec.ts'], ...withDatabase, ...oneAtATime } },
  { test: { name: 'browser', include: ['test/browser/**/*.spec.ts'], ...withDatabase, ...oneAtATime } },
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: projects.map((project, groupOrder) => ({
      oxc,
      test: { ...project.test, setupFiles, sequence: { groupOrder } },
    })),
  },
});
