import { defineConfig } from 'vitest/config';

/** `npm run test:long`: what takes longer than anybody waits for before a commit. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    // The two of the attacks try every combination here, of which `npm test` tries a share.
    include: ['test/long/**/*.spec.ts', 'test/attack/idor.spec.ts', 'test/attack/hostile-input.spec.ts'],
    env: { TEST_LONG: 'yes' },
    setupFiles: ['test/support/deny-network.ts'],
    globalSetup: ['test/support/postgres-setup.ts'],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});
