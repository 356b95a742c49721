// Which tests a command line chooses, and what it should have found and did not.
import { isAbsolute, normalize, relative } from 'node:path';
import { parseCLI } from 'vitest/node';
import { root } from './prepare.mjs';

const PROJECTS = ['small', 'medium', 'contract', 'architecture', 'attack', 'journey', 'browser'];

/** What the flags choose among all tests. A run that chooses nothing is a whole one. */
export function chosenBy(flags) {
  const { filter, options } = parseCLI(['vitest', 'run', ...flags]);
  const { changed, exclude, project, shard, testNamePattern } = options;
  return { paths: filter, name: testNamePattern, isPart: [changed, exclude, project, shard, testNamePattern, ...filter].some(Boolean) };
}

/** @param report what vitest's JSON reporter wrote. @returns a sentence for each thing that is missing; none is as it should be */
export function missingFrom(report, chosen) {
  return chosen.isPart ? nothingMatched(report, chosen) : emptyProjects(report);
}

/** A project in which no test was found says nothing about the product, so it counts as a failure of a whole run. */
function emptyProjects(report) {
  const found = new Set(report.testResults.filter((file) => file.assertionResults.length > 0).map((file) => projectOf(file.name)));
  return PROJECTS.filter((project) => !found.has(project)).map((project) => `No test was found in project "${project}".`);
}

/** Of several paths one may be mistyped, and a name may fit no test: both would go unseen beside what did run. */
function nothingMatched(report, { paths, name }) {
  const files = report.testResults.map((file) => relative(root, file.name));
  const unknown = paths.filter((path) => !files.some((file) => file.includes(fromRoot(path))));
  if (unknown.length > 0)
    return unknown.map(
      (path) => `No spec file matches "${path}": give a file or a folder from the root of the project, such as src/domain.`,
    );
  const ran = report.numPassedTests + report.numFailedTests;
  if (ran > 0) return [];
  return [name ? `No test has a name that matches ${name}.` : 'No test was found.'];
}

/** As vitest takes it: a part of the path, with or without a line. */
function fromRoot(path) {
  const withoutLine = path.replace(/:\d+$/, '');
  return normalize(isAbsolute(withoutLine) ? relative(root, withoutLine) : withoutLine).replace(/[\\/]$/, '');
}

function projectOf(file) {
  const [top, folder] = relative(root, file).split(/[\\/]/);
  return top === 'src' || top === 'sandbox' || folder === 'connectors' ? 'small' : folder;
}
