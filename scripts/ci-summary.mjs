/**
 * Adds up the vitest reports of every run (build/test-results/*.json) and closes with one line:
 * `N passed, N failed, N skipped`. Fails when there is no report, or one that counts a failure.
 */
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../build/test-results/", import.meta.url);

const reports = readReports();
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const failed = sum("numFailedTests") + reports.filter(brokeWithoutFailedTest).length;
const skipped = sum("numPendingTests") + sum("numTodoTests");
process.exitCode = failed > 0 || sum("numPassedTests") === 0 ? 1 : 0;
console.log(`${sum("numPassedTests")} passed, ${failed} failed, ${skipped} skipped`);

function readReports() {
  try {
    const names = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
    return names.map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")));
  } catch {
    return [];
  }
}

/** A file that does not even load has no tests to count as failed. */
function brokeWithoutFailedTest(report) {
  return !report.success && report.numFailedTests === 0;
}
