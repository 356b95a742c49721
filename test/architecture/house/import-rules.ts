import { posix } from 'node:path';
import { cyclesIn } from './cycles.js';
import { packageOf, packageProblem } from './packages.js';
import { isTestCode, type SourceFile } from './source-files.js';
import { importsOf, type Import } from './syntax.js';
import { isKnownZone, maySee, zoneOf } from './zones.js';

/** The name of the sandbox's own package. */
const SANDBOX = 'countersign-sandbox';

/** What a page or a route may know of the database: who is asking, whether it answers, and whether the log is sealed. All else goes through a service. */
const DATABASE_FOR_PAGES = new Set(['src/database/audit/actor.ts', 'src/database/database-health.ts', 'src/database/audit/audit-watch.ts']);

/** Every import that runs against the house, as `file:line: why`. */
export function importProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((one) => {
      const problem = one.specifier.startsWith('.') ? ownProblem(file.path, one) : foreignProblem(file.path, one);
      return problem === undefined ? [] : [`${file.path}:${one.line}: ${problem}`];
    }),
  );
}

function foreignProblem(path: string, { specifier, typeOnly }: Import): string | undefined {
  if (packageOf(specifier) === SANDBOX && !path.startsWith('sandbox/'))
    return `${SANDBOX} is a process beside the app and no package of it`;
  return packageProblem(path, specifier, typeOnly);
}

/** Top-level folders that see each other in a circle, however allowed each single import is. Specs do not count: nothing imports them. */
export function folderCycles(files: readonly SourceFile[]): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const file of files.filter(({ path }) => !isTestCode(path) && zoneOf(path) !== '<root>')) {
    const seen = edges.get(zoneOf(file.path)) ?? new Set<string>();
    edges.set(zoneOf(file.path), seen);
    for (const one of importsOf(file).filter(({ specifier }) => specifier.startsWith('.'))) {
      const zone = zoneOf(targetOf(file.path, one.specifier));
      if (zone !== zoneOf(file.path)) seen.add(zone);
    }
  }
  return cyclesIn(edges);
}

function ownProblem(path: string, { specifier, typeOnly }: Import): string | undefined {
  const target = targetOf(path, specifier);
  if (path.startsWith('sandbox/')) return sandboxProblem(target);
  if (!target.startsWith('src/')) return outsideProblem(path, target);
  if (isTestCode(target) && !isTestCode(path)) return `${target} is for specs only`;
  const [from, to] = [zoneOf(path), zoneOf(target)];
  if (!isKnownZone(from)) return `${from} has no place in the house: say in zones.ts what it may see`;
  if (!maySee(from, to)) return `${from} may not see ${to} (${target})`;
  if (from === 'web' || from === 'api') return pageProblem(from, to, target, typeOnly);
  return undefined;
}

function outsideProblem(path: string, target: string): string | undefined {
  if (isTestCode(path) && target.startsWith('test/support/')) return undefined;
  return `${target} is outside of src`;
}

/** An invented vendor that shares code with the connector proves nothing. Specs of the sandbox count, too. */
function sandboxProblem(target: string): string | undefined {
  return target.startsWith('sandbox/') ? undefined : `the sandbox may not see ${target}`;
}

function pageProblem(from: string, to: string, target: string, typeOnly: boolean): string | undefined {
  const isOwn = to === 'database' || /\.(entity|repository)\.ts$/.test(target);
  if (!isOwn || DATABASE_FOR_PAGES.has(target)) return undefined;
  if (typeOnly && target.endsWith('.repository.ts')) return undefined;
  return `${from} reads and writes through services, not through ${target}`;
}

/** `src/web/pages.ts` + `../domain/money.js` = `src/domain/money.ts`. */
function targetOf(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}
