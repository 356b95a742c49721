import { isSpec, type SourceFile } from './source-files.js';
import { isNode, lineOf, walk, type SyntaxNode } from './syntax.js';

const MOST_LINES = 300;
const MOST_LINES_OF_SPEC = 400;
const MOST_LINES_OF_FUNCTION = 70;
const WIDEST = 160;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Files, functions and lines that nobody can take in at once. */
export function sizeProblems(file: SourceFile): string[] {
  const lines = file.text.split('\n');
  const most = isSpec(file.path) ? MOST_LINES_OF_SPEC : MOST_LINES;
  return [...(lines.length - 1 > most ? [`${file.path}: ${lines.length - 1} lines`] : []), ...widthProblems(file), ...longFunctions(file)];
}

/** Code and templates keep the same width. */
export function widthProblems({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, index) => (line.length > WIDEST ? [`${path}:${index + 1}: ${line.length} characters wide`] : []));
}

function longFunctions(file: SourceFile): string[] {
  const problems: string[] = [];
  walk(file, (node, parents) => {
    if (!FUNCTIONS.has(node.type) || isSuite(parents.at(-1))) return;
    const length = lineOf(file, node.end) - lineOf(file, node.start) + 1;
    if (length > MOST_LINES_OF_FUNCTION) problems.push(`${file.path}:${lineOf(file, node.start)}: a function of ${length} lines`);
  });
  return problems;
}

/** The callback of `describe` is a chapter, not a function. */
function isSuite(parent: SyntaxNode | undefined): boolean {
  if (parent?.type !== 'CallExpression' || !isNode(parent['callee'])) return false;
  const callee = parent['callee'];
  const inner = callee.type === 'CallExpression' && isNode(callee['callee']) ? callee['callee'] : callee;
  const name = inner.type === 'MemberExpression' && isNode(inner['object']) ? inner['object']['name'] : inner['name'];
  return name === 'describe';
}

const LEFT_BEHIND: readonly (readonly [RegExp, string])[] = [
  [/\b(TODO|FIXME|HACK)\b/, 'a note to oneself'],
  [/@ts-(ignore|expect-error|nocheck)\b/, 'a switched-off type check'],
  [/\b(eslint|oxlint|biome)-disable/, 'a switched-off lint rule'],
];

/** What was meant to be there for a moment, or tells a tool to look away. */
export function leftBehindProblems(file: SourceFile): string[] {
  return file.text
    .split('\n')
    .flatMap((line, index) =>
      LEFT_BEHIND.filter(([pattern]) => pattern.test(line)).map(([, problem]) => `${file.path}:${index + 1}: ${problem}`),
    );
}

/** Constructs that are legal TypeScript and unwelcome here. */
export function constructProblems(file: SourceFile): string[] {
  const problems: string[] = [];
  walk(file, (node) => {
    const problem = constructProblem(file.path, node);
    if (problem !== undefined) problems.push(`${file.path}:${lineOf(file, node.start)}: ${problem}`);
  });
  return problems;
}

function constructProblem(path: string, node: SyntaxNode): string | undefined {
  if (node.type === 'TSAnyKeyword') return 'any';
  if (node.type === 'Property') return optionProblem(path, node);
  if (node.type !== 'CallExpression' || !isNode(node['callee'])) return undefined;
  const callee = node['callee'];
  const property = callee.type === 'MemberExpression' && isNode(callee['property']) ? callee['property']['name'] : undefined;
  if (property === 'only' && isTestFunction(callee['object'])) return 'a test that runs alone';
  const rounding = callee.type === 'Identifier' && ['Number', 'parseFloat'].includes(String(callee['name']));
  if ((rounding || ['parseFloat', 'toFixed'].includes(String(property))) && !mayRound(path))
    return 'a number that rounds without saying so';
  return undefined;
}

/** TypeORM changes tables by itself under `synchronize`, and its `cache` has answered one tenant with the rows of another. */
function optionProblem(path: string, node: SyntaxNode): string | undefined {
  if (!path.startsWith('src/') || !isNode(node['key']) || !isNode(node['value'])) return undefined;
  const name = node['key']['name'] ?? node['key']['value'];
  const isOff = node['value'].type === 'Literal' && node['value']['value'] === false;
  return ['synchronize', 'cache', 'dropSchema', 'migrationsRun'].includes(String(name)) && !isOff
    ? `${String(name)} of TypeORM`
    : undefined;
}

function isTestFunction(node: unknown): boolean {
  return isNode(node) && ['it', 'test', 'describe', 'bench', 'suite'].includes(String(node['name']));
}

const MONEY = ['src/domain/money.ts', 'src/connectors/kit/money-border.ts'];

/** Money becomes a text or a number in one place each; what the sandbox does to its vendors' numbers is the vendors' affair. */
function mayRound(path: string): boolean {
  return MONEY.includes(path) || isSpec(path) || !path.startsWith('src/');
}

/** Handlebars that print what they are given as markup. */
export function templateProblems(file: SourceFile): string[] {
  return file.text
    .split('\n')
    .flatMap((line, index) => (/\{\{\{|\{\{~?&/.test(line) ? [`${file.path}:${index + 1}: unescaped output`] : []));
}
