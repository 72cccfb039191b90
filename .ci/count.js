// Prints `N passed, N failed` (`, N skipped`) from vitest's JSON report; exits 1 where a test failed or none ran.
import { readFileSync } from 'node:fs'

const counts = { passed: 0, failed: 0, skipped: 0 }
let files = []
try {
  files = JSON.parse(readFileSync(process.argv[2], 'utf8')).testResults
} catch {
  console.log('the test runner left no results')
}
for (const { status, assertionResults } of files) {
  for (const test of assertionResults) counts[test.status in counts ? test.status : 'skipped'] += 1
  // A file that did not load has no tests to count, and is a failure all the same.
  if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) counts.failed += 1
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
