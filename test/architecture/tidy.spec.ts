import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unexplainedDependencies, unusedDependencies, versionProblems, type Manifest } from './house/dependencies.js';
import { placeProblems } from './house/place-names.js';
import { filesBelow, typescriptIn } from './house/source-files.js';
import { constructProblems, leftBehindProblems, sizeProblems, templateProblems, widthProblems } from './house/tidy-rules.js';

const everything = filesBelow('.', (path) => !/\.(png|ico|woff2?|pdf|tsbuildinfo)$/.test(path));
const sources = [...typescriptIn('src'), ...typescriptIn('sandbox')];
const scripts = filesBelow('scripts').concat(everything.filter(({ path }) => path === 'start.mjs'));
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const sandboxManifest = JSON.parse(readFileSync('sandbox/package.json', 'utf8')) as Manifest;
const long = (lines: number): string => 'a();\n'.repeat(lines);

describe('the code', () => {
  it('comes in pieces that fit on a screen', () => {
    expect(sources.flatMap(sizeProblems)).toEqual([]);
  });

  it.each([
    ['src/a.ts', long(301), ['src/a.ts: 301 lines']],
    ['src/a.spec.ts', long(401), ['src/a.spec.ts: 401 lines']],
    ['src/a.ts', `\nconst a = '${'x'.repeat(150)}';`, ['src/a.ts:2: 163 characters wide']],
    ['src/a.ts', `\nfunction f() {\n${long(69)}}`, ['src/a.ts:2: a function of 71 lines']],
    ['src/a.ts', `class A {\n  m = () => {\n${long(69)}};\n}`, ['src/a.ts:2: a function of 71 lines']],
    ['src/a.ts', `class A {\n  m() {\n${long(69)}}\n}`, ['src/a.ts:2: a function of 71 lines']],
    ['src/a.spec.ts', `it('b', () => {\n${long(69)}});`, ['src/a.spec.ts:1: a function of 71 lines']],
    ['src/a.spec.ts', `describe('b', () => {\n${long(69)}});\ndescribe.each([1])('c', () => {\n${long(69)}});`, []],
    ['src/a.ts', `function f() {\n${long(68)}}\n${long(230)}`, []],
  ])('would be seen not to in %s (%#)', (path, text, problems) => {
    expect(sizeProblems({ path, text })).toEqual(problems);
  });

  it('has nothing left behind and tells no tool to look away', () => {
    const elsewhere = everything.filter(({ path }) => /^(test|migrations|templates|docs|bench)\//.test(path));
    const files = [...sources, ...scripts, ...elsewhere].filter(({ path }) => !path.startsWith('test/architecture/'));
    expect(files.flatMap(leftBehindProblems)).toEqual([]);
    expect(sources.concat(typescriptIn('test')).flatMap(constructProblems)).toEqual([]);
  });

  it.each([
    ['src/a.ts', '\n// TODO later', 'src/a.ts:2: a note to oneself'],
    ['src/a.css', '/* HACK */', 'src/a.css:1: a note to oneself'],
    ['src/a.ts', '// @ts-expect-error', 'src/a.ts:1: a switched-off type check'],
    ['src/a.ts', '/* oxlint-disable no-console */', 'src/a.ts:1: a switched-off lint rule'],
  ])('would be noticed in %s: %s', (path, text, problem) => {
    expect(leftBehindProblems({ path, text })).toEqual([problem]);
  });

  it.each([
    ['src/a.ts', '\nconst a = b as any;', 'src/a.ts:2: any'],
    ['src/a.ts', 'function f(a: any) {}', 'src/a.ts:1: any'],
    ['src/a.spec.ts', "it.only('a', () => {});", 'src/a.spec.ts:1: a test that runs alone'],
    ['test/a.spec.ts', "describe.only('a', () => {});", 'test/a.spec.ts:1: a test that runs alone'],
    ['src/platform/a.ts', 'const a = Number(b);', 'src/platform/a.ts:1: a number that rounds without saying so'],
    ['src/identity/a.ts', 'const a = b.toFixed(2);', 'src/identity/a.ts:1: a number that rounds without saying so'],
    ['src/web/a.ts', 'const a = Number.parseFloat(b);', 'src/web/a.ts:1: a number that rounds without saying so'],
    ['src/database/a.ts', 'open({ synchronize: true });', 'src/database/a.ts:1: synchronize of TypeORM'],
    ['src/database/a.ts', 'rows.find({ cache: 1000 });', 'src/database/a.ts:1: cache of TypeORM'],
  ])('would be noticed in %s: %s', (path, text, problem) => {
    expect(constructProblems({ path, text })).toEqual([problem]);
  });

  it.each([
    ['src/connectors/kit/money-border.ts', 'a.toFixed(2)'],
    ['sandbox/kit/a.ts', 'Number(a)'],
    ['src/a.spec.ts', 'Number(a)'],
    ['src/database/a.ts', "open({ synchronize: false }); const text = 'as any'; // it.only("],
    ['src/web/a.ts', 'Number.isFinite(a); Number.parseInt(a, 10); pick.only(a)'],
  ])('may say in %s: %s', (path, text) => {
    expect(constructProblems({ path, text })).toEqual([]);
  });
});

describe('templates', () => {
  it('escape everything they print', () => {
    const templates = filesBelow('templates');
    expect(templates.length).toBeGreaterThan(20);
    expect(templates.flatMap(templateProblems)).toEqual([]);
  });

  it('are as wide as code at most', () => {
    expect(filesBelow('templates', (path) => path.endsWith('.hbs')).flatMap(widthProblems)).toEqual([]);
    expect(widthProblems({ path: 'templates/a.hbs', text: `\n<p>${'x'.repeat(157)}` })).toEqual([]);
    expect(widthProblems({ path: 'templates/a.hbs', text: `\n<p>${'x'.repeat(158)}` })).toEqual(['templates/a.hbs:2: 161 characters wide']);
  });

  it.each(['<p>{{{name}}}</p>', '{{& name}}', '{{~&name}}', '{{~{name}~}}'.replace('~{', '{')])('would be seen not to: %s', (line) => {
    expect(templateProblems({ path: 'templates/a.hbs', text: `\n${line}` })).toEqual(['templates/a.hbs:2: unescaped output']);
  });
});

describe('every file', () => {
  it('means the same on every machine', () => {
    expect(everything.length).toBeGreaterThan(500);
    expect(everything.flatMap(placeProblems)).toEqual([]);
  });

  const at = (...parts: string[]): string => parts.join('');
  it.each([
    [at('see /wo', 'rk/main/src'), 'a path of one machine'],
    [at('"/ho', 'me/ann/a"'), 'a path of one machine'],
    [at('/ro', 'ot/.npmrc'), 'a path of one machine'],
    [at('C:\\Us', 'ers\\ann'), 'a path of one machine'],
    [at('https://reg', 'istry.npm', 'js.org/zod'), 'the host of a package registry'],
    [at('reg', 'istry=http://127.0.0.1'), 'the host of a package registry'],
    [at('"resol', 'ved": "x"'), 'the host of a package registry'],
  ])('would be seen not to: %s', (line, problem) => {
    expect(placeProblems({ path: 'a.md', text: `\n${line}` })).toContain(`a.md:2: ${problem}`);
  });

  it.each(['src/web/home/index.ts', 'https://example.com/home/x', "'/invoices/:id'", 'ConnectorRegistry', './work/x'])(
    'may say %s',
    (text) => {
      expect(placeProblems({ path: 'a.md', text })).toEqual([]);
    },
  );
});

describe('a dependency', () => {
  it('is pinned to one version', () => {
    expect([manifest, sandboxManifest].flatMap(versionProblems)).toEqual([]);
    const shared = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [name, version] of Object.entries({ ...sandboxManifest.dependencies, ...sandboxManifest.devDependencies }))
      expect([undefined, version], name).toContain(shared[name]);
  });

  it('is used by what runs', () => {
    const running = sources.filter(({ path }) => !path.endsWith('.spec.ts'));
    const ofSandbox = running.filter(({ path }) => path.startsWith('sandbox/'));
    const ofProduct = running.filter(({ path }) => !path.startsWith('sandbox/'));
    expect(unusedDependencies(manifest, [...ofProduct, ...scripts])).toEqual([]);
    expect(unusedDependencies(sandboxManifest, ofSandbox)).toEqual([]);
  });

  it('is explained where the README says', () => {
    expect(readFileSync('README.md', 'utf8')).toContain('(docs/dependencies.md)');
    expect(unexplainedDependencies(manifest, readFileSync('docs/dependencies.md', 'utf8'))).toEqual([]);
  });

  it('would be seen to be loose, unused and unexplained', () => {
    const planted: Manifest = {
      dependencies: { axios: '^1.0.0', '@scope/kit': '1.0.0-beta.1', luxon: '3.7.2', peer: '1.0.0', fonts: 'latest' },
      devDependencies: { zod: '~4.0.0', good: 'npm:@scope/kit@1.0.0', bad: 'npm:luxon@^1.0.0' },
    };
    expect(versionProblems(planted)).toEqual([
      'axios is not pinned to one version: ^1.0.0',
      'fonts is not pinned to one version: latest',
      'zod is not pinned to one version: ~4.0.0',
      'bad is not pinned to one version: npm:luxon@^1.0.0',
    ]);
    const text = "import a from 'axios/unsafe';\n// import b from 'luxon';\nconst c = require.resolve(`@scope/kit/files/${a}`);";
    const peersOf = (name: string): string[] => (name === 'axios' ? ['peer'] : []);
    expect(unusedDependencies(planted, [{ path: 'src/a.ts', text }], peersOf)).toEqual(['luxon', 'fonts']);
    const page = '- `axios`: speaks HTTP\n- `luxon`\n| `@scope/kit`, `peer` | money |\nfonts are pretty';
    expect(unexplainedDependencies(planted, page)).toEqual(['luxon', 'fonts']);
  });
});
