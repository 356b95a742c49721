import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BaseSequencer, type Reporter, type TestModule, type TestSpecification } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Committed, for a fresh clone: `npm test -- --record-durations` renews it. */
const COMMITTED = join(ROOT, 'test', 'durations.json');
/** What this machine saw last of each file. */
const SEEN_HERE = join(ROOT, 'coverage', 'durations.json');
/** What nobody has timed yet is taken for longer than most, so that a new spec is not what everybody waits for in the end. */
const UNKNOWN_SECONDS = 20;

const durations = z.record(z.string(), z.number());
type Durations = z.infer<typeof durations>;

function read(file: string): Durations {
  try {
    return durations.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Without a record, or with a broken one, the order is only worse.
    return {};
  }
}

function write(file: string, seconds: Durations): void {
  mkdirSync(dirname(file), { recursive: true });
  const sorted = Object.entries(seconds).toSorted(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

function nameOf(moduleId: string): string {
  return relative(ROOT, moduleId).split(sep).join('/');
}

/** Most of what is small takes no second, and then its place changes nothing. */
function worthALine(seconds: Durations): Durations {
  return Object.fromEntries(Object.entries(seconds).filter(([name, took]) => took > 0 || name.startsWith('test/')));
}

/** Writes down how long each file took that passed whole, set-up and hooks included. */
export class DurationRecorder implements Reporter {
  private readonly seen: Durations = {};

  onTestModuleEnd(module: TestModule): void {
    // A part of a file, or one that ended early, says nothing about the whole.
    if (!module.ok() || module.project.config.testNamePattern !== undefined) return;
    const { collectDuration, duration, environmentSetupDuration, prepareDuration, setupDuration } = module.diagnostic();
    const milliseconds = collectDuration + duration + environmentSetupDuration + prepareDuration + setupDuration;
    this.seen[nameOf(module.moduleId)] = Math.round(milliseconds / 1_000);
  }

  onTestRunEnd(): void {
    write(SEEN_HERE, { ...read(SEEN_HERE), ...this.seen });
    if (process.env['RECORD_DURATIONS']) write(COMMITTED, worthALine(this.seen));
  }
}

/** The longest files first: begun last, one of them would run on beside an idle core. Nothing else depends on the order. */
export class LongestFirst extends BaseSequencer {
  private readonly seconds = { ...read(COMMITTED), ...read(SEEN_HERE) };

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    const took = ({ moduleId, project }: TestSpecification): number =>
      this.seconds[nameOf(moduleId)] ?? (project.name === 'small' ? 0 : UNKNOWN_SECONDS);
    return (await super.sort(files)).toSorted((a, b) => group(a) - group(b) || took(b) - took(a));
  }
}
