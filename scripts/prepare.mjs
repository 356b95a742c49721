// Valid on Node 18 and without any dependency: it runs before there are any.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The product and the sandbox, each with a tsconfig.json and a dist of its own. */
const PARTS = ['.', 'sandbox'];
const windows = process.platform === 'win32';
const node24 = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** Ends the process with one sentence. */
export function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Installs what package-lock.json says, unless npm's own note of what lies in node_modules already says the same. */
export function installDependencies() {
  if (isInstalled() && existsSync(node24)) return;
  console.log('Installing dependencies (npm ci) ...');
  const npm = process.env.npm_execpath;
  // npm's own file where npm started us: the same npm, and no shell in between.
  const [program, ...first] = npm && /\.c?js$/.test(npm) ? [process.execPath, npm] : [windows ? 'npm.cmd' : 'npm'];
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { status } = spawnSync(program, [...first, ...flags], { cwd: root, stdio: 'inherit', shell: program === 'npm.cmd' });
  if (status !== 0) giveUp('npm ci failed: the lines above say why.');
  if (!existsSync(node24))
    giveUp('The package "node" has no program in it: let npm run its install script (npm rebuild node) and start again.');
}

function isInstalled() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, { version, optional, peer }]) => {
      if (path === '') return true;
      const found = present[path];
      return found ? found.version === version : Boolean(optional || peer);
    });
  } catch {
    return false;
  }
}

/** Compiles src to dist, and sandbox to its own dist, when a source changed since the last time. */
export function build() {
  const stampFile = join(root, 'dist', '.built-from.json');
  const stamp = sourceStamp();
  const before = readStamp(stampFile);
  if (before?.contents === stamp.contents) return;
  for (const part of PARTS) {
    if (before === undefined) rmSync(join(root, part, 'dist'), { recursive: true, force: true });
    else if (before.names !== stamp.names) removeLeftovers(join(root, part, 'dist'), join(root, part === '.' ? 'src' : part));
  }
  console.log('Building ...');
  const tsc = join(root, 'node_modules', 'typescript7', 'bin', 'tsc');
  for (const part of PARTS) {
    const { status } = spawnSync(node24, [tsc, '-p', part], { cwd: root, stdio: 'inherit' });
    if (status !== 0) giveUp('The build failed: the lines above say why.');
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamp));
}

/**
 * Output of a source that is gone would still be found by whatever lists a folder. Everything else stays, because an app may be
 * running from it: `npm test` beside `npm run dev`.
 */
export function removeLeftovers(dist, sourceFolder) {
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    const [output, source] = [join(dist, entry.name), join(sourceFolder, entry.name.replace(/\.js(\.map)?$/, '.ts'))];
    if (entry.isDirectory()) removeLeftovers(output, source);
    else if (source.endsWith('.ts') && !existsSync(source)) rmSync(output);
  }
}

function readStamp(file) {
  return existsSync(file) && PARTS.every((part) => existsSync(join(root, part, 'dist', 'main.js')))
    ? JSON.parse(readFileSync(file, 'utf8'))
    : undefined;
}

function sourceStamp() {
  const names = createHash('sha256');
  const contents = createHash('sha256');
  const settings = ['tsconfig.json', 'sandbox/tsconfig.json', 'package-lock.json'].map((name) => join(root, name));
  for (const file of [...sources(join(root, 'src')), ...sources(join(root, 'sandbox')), ...settings]) {
    const { mtimeMs, size } = statSync(file);
    names.update(`${file}\n`);
    contents.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return { names: names.digest('hex'), contents: contents.digest('hex') };
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules')
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
}

/**
 * Runs a module with the Node that the package "node" brings, and ends when it ends. Under that Node already, the module is
 * simply loaded: one process less to carry signals through.
 */
export async function runWithOurNode(file, args = []) {
  endWithShell();
  // Every process of ours loads much of the same code; compiled once, a second start is ready sooner.
  process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'countersign');
  if (process.version === ourNodeVersion()) {
    process.argv = [process.argv[0], file, ...args];
    await import(new URL(`file://${windows ? '/' : ''}${file.replaceAll('\\', '/')}`).href);
    return;
  }
  const child = spawn(node24, [file, ...args], { cwd: process.cwd(), stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/**
 * npm runs us in a shell, and a signal to npm ends that shell, which tells nobody. So its end is our signal: without this,
 * stopping `npm start` would leave a database and an app behind.
 */
function endWithShell() {
  if (windows || !process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

function ourNodeVersion() {
  return `v${JSON.parse(readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8')).version}`;
}
