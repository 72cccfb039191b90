import { defineConfig } from 'vitest/config'

/** Where `.ci/run` wants the results as JSON. */
const results = process.env.TRUNKPROOF_TEST_RESULTS

/** Real programs, which mostly wait. */
const peers = ['test/peers/**/*.test.ts']

/** Tests that play calls, or wait for ours: one file at a time, or a busy machine would be judged with them. */
const played = [
  ...['agent', 'cli', 'embedded', 'net', 'play', 'run'].map((folder) => `test/${folder}/**/*.test.ts`),
  'test/check/real-faults.test.ts',
  'test/contract/fault-captures.test.ts',
]

export default defineConfig({
  test: {
    testTimeout: 30_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...played, ...peers],
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'played', include: played, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'peers', include: peers, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
