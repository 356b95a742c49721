// What `npm test`, `npm run test:watch` and `npm run lint` do, on our own Node.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chosenBy, missingFrom } from './chosen-tests.mjs';
import { root } from './prepare.mjs';

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

function vitest(command, flags, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin('vitest', 'vitest.mjs'), command, ...flags], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function lint() {
  const prettier = [bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.'];
  const checks = await Promise.all([
    check('lint (oxlint)', [bin('oxlint', 'bin/oxlint'), '--deny-warnings']),
    check('format (prettier)', [...prettier, '--cache', '--cache-location=node_modules/.cache/prettier/checked.json']),
  ]);
  return [
    ...checks,
    await check('types (tsc)', [bin('typescript7', 'bin/tsc'), '-p', 'test']),
    await check('nothing unused (knip)', [bin('knip', 'bin/knip.js'), '--no-progress']),
  ];
}

async function test(flags, chosen, environment) {
  const code = await vitest('run', flags, environment);
  const report = readReport();
  if (!report) return [0, 1];
  const missing = missingFrom(report, chosen);
  for (const sentence of missing) console.error(sentence);
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = report.numFailedTests + brokenFiles + missing.length;
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

const OWN_FLAGS = ['--lint-only', '--watch', '--record-durations'];
const given = process.argv.slice(2);
const [lintOnly, watch, record] = OWN_FLAGS.map((flag) => given.includes(flag));
const flags = given.filter((flag) => !OWN_FLAGS.includes(flag));

if (watch) {
  // Without a path it waits for the first change, instead of running everything first.
  process.exitCode = await vitest('watch', ['--standalone', ...flags]);
} else {
  mkdirSync(dirname(reportFile), { recursive: true });
  for (const file of [reportFile, summaryFile]) rmSync(file, { force: true });
  const chosen = lintOnly ? undefined : chosenBy(flags);
  // Who names a spec wants to know about that spec; `npm run lint` and the whole run look at everything.
  const checks = chosen?.isPart ? [] : await lint();
  const environment = record && !chosen?.isPart ? { RECORD_DURATIONS: 'yes' } : {};
  const [passed, failed] = chosen ? await test(flags, chosen, environment) : [0, 0];
  const allFailed = failed + checks.filter((ok) => !ok).length;
  const summary = `${passed + checks.filter((ok) => ok).length} passed, ${allFailed} failed`;
  writeFileSync(summaryFile, `${summary}\n`);
  console.log(summary);
  process.exitCode = allFailed === 0 ? 0 : 1;
}
