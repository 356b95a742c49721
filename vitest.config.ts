import { defineConfig } from 'vitest/config';

const decorators = { decorator: { legacy: true, emitDecoratorMetadata: true } };
const database = { globalSetup: ['test/support/postgres-setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  oxc: decorators,
  test: {
    projects: [
      { oxc: decorators, test: { name: 'small', include: ['src/**/*.spec.ts'], env: { TZ: 'Pacific/Auckland' } } },
      { oxc: decorators, test: { name: 'medium', include: ['test/medium/**/*.spec.ts'], env: { TZ: 'America/Los_Angeles' }, ...database } },
      { oxc: decorators, test: { name: 'contract', include: ['test/contract/**/*.spec.ts'], ...database } },
      { oxc: decorators, test: { name: 'architecture', include: ['test/architecture/**/*.spec.ts'], ...database } },
      { oxc: decorators, test: { name: 'journey', include: ['test/journey/**/*.spec.ts'], ...database, fileParallelism: false } },
      { oxc: decorators, test: { name: 'browser', include: ['test/browser/**/*.spec.ts'], ...database, fileParallelism: false } },
    ],
  },
});
