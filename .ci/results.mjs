/** Reads what the steps of .ci/run left behind. `tests FILE`: the closing line. `incomplete FILE`: whether a report only lacks evidence. */
import { textOf } from './freshness.mjs';

const [what, file] = process.argv.slice(2);
const result = JSON.parse(textOf(file) ?? '{}');
process.exitCode = (what === 'tests' ? tests(result) : incomplete(result)) ? 0 : 1;

/** A suite that could not even start counts as one failure; no test at all is a failure too. */
function tests({ numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 }) {
  const failures = numFailedTests + numRuntimeErrorTestSuites;
  console.log(`Tests: ${numPassedTests} passed, ${failures} failed`);
  return failures === 0 && numPassedTests > 0;
}

function incomplete({ complete, action, gaps = [] }) {
  if (complete !== false || action === 'block') return false;
  console.log(`NOT COMPLETE: ${gaps.length} times something could not be told, first: ${gaps[0]?.reason ?? 'no reason given'}`);
  return true;
}
