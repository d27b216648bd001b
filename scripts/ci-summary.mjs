/**
 * Adds up the vitest reports of every run (build/test-results/*.json) and closes with one line:
 * `N passed, N failed, N skipped`, after one line for each test that was skipped, with the reason where it gave one.
 * A real part that could not be installed (parts.json) counts as one skip. Fails when there is no report, or one that
 * counts a failure.
 */
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../build/test-results/", import.meta.url);
/** Written by scripts/parts.mjs. */
const PARTS = "parts.json";

const reports = readReports();
const missing = readParts();
const sum = (field) => reports.reduce((total, { report }) => total + report[field], 0);
const failed = sum("numFailedTests") + reports.filter(brokeWithoutFailedTest).length;
const skipped = sum("numPendingTests") + sum("numTodoTests") + missing.length;
for (const { name, report } of reports)
  for (const title of skippedTests(report)) console.log(`skipped: ${name}: ${title}`);
for (const name of missing) console.log(`skipped: the part ${name} is not installed`);
process.exitCode = failed > 0 || sum("numPassedTests") === 0 ? 1 : 0;
console.log(`${sum("numPassedTests")} passed, ${failed} failed, ${skipped} skipped`);

function readReports() {
  return namesIn(FOLDER)
    .filter((name) => name.endsWith(".json") && name !== PARTS)
    .map((name) => ({
      name: name.slice(0, -".json".length),
      report: JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")),
    }));
}

function readParts() {
  if (!namesIn(FOLDER).includes(PARTS)) return [];
  return JSON.parse(readFileSync(new URL(PARTS, FOLDER), "utf8")).skipped;
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function skippedTests(report) {
  return report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => ["pending", "skipped", "todo", "disabled"].includes(status))
    .map(({ fullName }) => fullName.trim());
}

/** A file that does not even load has no tests to count as failed. */
function brokeWithoutFailedTest({ report }) {
  return !report.success && report.numFailedTests === 0;
}
