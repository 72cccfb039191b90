import { defineConfig } from 'vitest/config'

/** Where `.ci/run` wants the results as JSON. */
const results = process.env.TRUNKPROOF_TEST_RESULTS

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
})
