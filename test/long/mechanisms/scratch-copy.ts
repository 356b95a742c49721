import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Where mechanisms stand. A test that is changed proves nothing. */
const SOURCES = ['src', 'migrations', 'deploy', 'scripts', 'templates'];
const LEFT_BEHIND = /^(?:node_modules|dist|coverage|\.git|\.data|\.ci)$/;
/** A mutation that no program can run is noticed by everything and proves nothing. */
const BROKEN = /SyntaxError|ReferenceError|Transform failed|PARSE_ERROR|Failed to parse|syntax error at or near/;

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() })),
    }),
  ),
});

type FileReport = z.infer<typeof report>['testResults'][number];

/** How a run ended for the tests that were asked for. */
export interface Outcome {
  /** One status for each test whose name fits; none where the file could not even be collected. */
  statuses: string[];
  /** What failed outside of those tests or because nothing could run, in its own words. */
  trouble: string;
}

/** As docs/security.md names it. */
export interface WatchingTest {
  spec: string;
  test: string;
}

/** The working tree without what is built, in which sources may be changed: the real ones are never touched. */
export class ScratchCopy {
  private readonly folder = mkdtempSync(join(tmpdir(), 'countersign-mechanisms-'));

  private sources: ReadonlyMap<string, string> | undefined;

  constructor() {
    for (const name of readdirSync('.'))
      if (!LEFT_BEHIND.test(name))
        cpSync(name, join(this.folder, name), { recursive: true, filter: (path) => !/\/(?:node_modules|dist)$/.test(path) });
    symlinkSync(resolve('node_modules'), join(this.folder, 'node_modules'), 'junction');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @throws Error unless exactly one file holds the text: otherwise nobody knows what is taken out */
  fileWith(text: string): string {
    this.sources ??= new Map(this.filesOf(SOURCES).map((path) => [path, readFileSync(path, 'utf8')]));
    const files = [...this.sources].filter(([, content]) => content.includes(text)).map(([path]) => path);
    const [file] = files;
    if (file === undefined || files.length > 1) throw new Error(`${files.length} files instead of one hold: ${text}`);
    return file;
  }

  private filesOf(folders: readonly string[]): string[] {
    return folders
      .flatMap((folder) => readdirSync(join(this.folder, folder), { recursive: true, withFileTypes: true }))
      .filter(
        (entry) => entry.isFile() && /\.(?:ts|sql|mjs|js|yaml|sh|hbs)$|Dockerfile$/.test(entry.name) && !entry.name.endsWith('.spec.ts'),
      )
      .map((entry) => join(entry.parentPath, entry.name));
  }

  /** Runs `work` while the sources say `without` instead of `text`. */
  async changed<T>({ text, without }: { text: string; without: string }, work: () => Promise<T>): Promise<T> {
    const file = this.fileWith(text);
    const before = readFileSync(file, 'utf8');
    try {
      writeFileSync(
        file,
        before.replaceAll(text, () => without),
      );
      return await work();
    } finally {
      writeFileSync(file, before);
    }
  }

  /** Runs these tests, each with all that share its part of a name, in one run. */
  async run(tests: readonly WatchingTest[]): Promise<Outcome[]> {
    // Where vitest.config.ts wants it, whatever the command line says.
    const outputFile = join(this.folder, 'coverage', 'tests.json');
    rmSync(outputFile, { force: true });
    const pattern = [...new Set(tests.map(({ test }) => asPattern(partOf(test))))].join('|');
    const specs = new Set(tests.map(({ spec }) => spec));
    const words = await this.vitest(['run', ...specs, '-t', pattern, '--reporter=json']);
    if (!existsSync(outputFile)) return tests.map(() => ({ statuses: [], trouble: words.slice(-1_000) }));
    const files = report.parse(JSON.parse(readFileSync(outputFile, 'utf8'))).testResults;
    return tests.map(({ spec, test }) =>
      outcomeOf(
        files.filter(({ name }) => name.endsWith(`/${spec}`)),
        partOf(test),
      ),
    );
  }

  private async vitest(args: readonly string[]): Promise<string> {
    const environment = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST|MECHANISMS|NODE_ENV)/.test(name));
    const child = spawn(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), ...args], {
      cwd: this.folder,
      env: Object.fromEntries(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    await new Promise((done) => child.once('close', done));
    return words;
  }
}

/** Of the name of a parameterised test what stands before its first parameter. */
function partOf(test: string): string {
  return (test.split(/%\w/)[0] ?? test).trim();
}

function asPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function outcomeOf(files: readonly FileReport[], part: string): Outcome {
  const asked = files.flatMap(({ assertionResults }) => assertionResults).filter(({ fullName }) => fullName.includes(part));
  const broken = asked.flatMap(({ failureMessages }) => failureMessages ?? []).find((message) => BROKEN.test(message));
  const trouble = [...files.map(({ message }) => message), broken ?? ''].filter(Boolean).join('\n');
  return { statuses: asked.map(({ status }) => status).filter((status) => status !== 'skipped'), trouble };
}
