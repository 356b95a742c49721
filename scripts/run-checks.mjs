import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './prepare.mjs';

const PROJECTS = ['small', 'medium', 'contract', 'architecture', 'attack', 'journey', 'browser'];
const reportFile = join(root, 'coverage', 'tests.json');
const summaryFile = join(root, 'coverage', 'summary.txt');
const bin = (name, file) => join(root, 'node_modules', name, file);

/** Runs a tool with our Node. @returns whether it was content */
function check(name, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('exit', (code) => {
      console.log(`${code === 0 ? 'ok' : 'FAILED'}  ${name}`);
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

function runTests(flags) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin('vitest', 'vitest.mjs'), 'run', ...reporters, ...flags], { cwd: root, stdio: 'inherit' });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** A project in which no test was found says nothing about the product, so it counts as a failure. */
function emptyProjects(report) {
  const found = new Set(report.testResults.filter((file) => file.assertionResults.length > 0).map((file) => projectOf(file.name)));
  return PROJECTS.filter((project) => !found.has(project));
}

function projectOf(file) {
  const [top, folder] = relative(root, file).split(/[\\/]/);
  return top === 'src' || top === 'sandbox' || folder === 'connectors' ? 'small' : folder;
}

async function lint() {
  const checks = await Promise.all([
    check('lint (oxlint)', [bin('oxlint', 'bin/oxlint'), '--deny-warnings']),
    check('format (prettier)', [bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.']),
  ]);
  return [...checks, await check('types (tsc)', [bin('typescript', 'bin/tsc'), '-p', 'test'])];
}

async function test(flags) {
  const code = await runTests(flags);
  const report = readReport();
  if (!report) return [0, 1];
  const empty = emptyProjects(report);
  for (const project of empty) console.error(`No test was found in project "${project}".`);
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = report.numFailedTests + brokenFiles + empty.length;
  // An unhandled error fails the run without failing a test.
  return [report.numPassedTests, failed === 0 && code !== 0 ? 1 : failed];
}

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    console.error('The tests ended without a report.');
    return undefined;
  }
}

mkdirSync(dirname(reportFile), { recursive: true });
for (const file of [reportFile, summaryFile]) rmSync(file, { force: true });
const flags = process.argv.slice(2);
const lintOnly = flags.includes('--lint-only');
const checks = await lint();
const [passed, failed] = lintOnly ? [0, 0] : await test(flags);
const allFailed = failed + checks.filter((ok) => !ok).length;
const summary = `${passed + checks.filter((ok) => ok).length} passed, ${allFailed} failed`;
writeFileSync(summaryFile, `${summary}\n`);
console.log(summary);
process.exitCode = allFailed === 0 ? 0 : 1;
