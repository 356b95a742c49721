import { parseAst } from 'vitest/node';
import { isSpec, type SourceFile } from './source-files.js';
import { isNode, lineOf, walk, type SyntaxNode } from './syntax.js';

/** Files of `domain` that do something and have no spec beside them. */
export function withoutSpec(files: readonly SourceFile[]): string[] {
  const present = new Set(files.map(({ path }) => path));
  return files
    .filter(({ path }) => path.startsWith('src/domain/') && !isSpec(path))
    .filter((file) => !isTypeOnly(file) && !present.has(file.path.replace(/\.ts$/, '.spec.ts')))
    .map(({ path }) => path);
}

const TYPES = new Set(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration']);

/** Whether nothing of the file is left when its types are taken out. */
function isTypeOnly(file: SourceFile): boolean {
  const root = parseAst(file.text, { lang: 'ts' }) as unknown as { body: SyntaxNode[] };
  return root.body.every((node) => {
    const declared = node['declaration'];
    return node.type === 'ImportDeclaration' || node['exportKind'] === 'type' || TYPES.has((isNode(declared) ? declared : node).type);
  });
}

/** Where an instant is cut to ten letters with a reason. */
const CUTS_IN_UTC: Readonly<Record<string, string>> = {
  'src/domain/civil-date.ts': 'It counts in civil dates, which it holds as midnights of UTC.',
  'src/web/connections/card-presenter.ts': 'Vendors count their requests anew every day of UTC.',
  'src/web/settings/data/data-presenter.ts': 'A civil date comes from the retention preview as midnight UTC.',
};

/** An instant becomes a day only in a named zone (`dayIn`, `Clock.today`): the first ten letters of its text are a day of UTC. */
export function cutDays(file: SourceFile): string[] {
  if (!file.path.startsWith('src/') || isSpec(file.path) || file.path in CUTS_IN_UTC) return [];
  if (!file.text.includes('toISOString')) return [];
  const problems: string[] = [];
  walk(file, (node) => {
    if (node.type !== 'CallExpression') return;
    const callee = node['callee'] as SyntaxNode;
    const args = node['arguments'] as SyntaxNode[];
    const isCut = ['slice', 'substring'].includes(nameOf(callee)) && args[1]?.['value'] === 10 && makesIsoText(callee['object']);
    const isCounted = ['addDays', 'civilDate', 'daysBetween'].includes(nameOf(callee)) && args.some(makesIsoText);
    if (isCut || isCounted) problems.push(`${file.path}:${lineOf(file, node.start)}: an instant cut to a day of no named zone`);
  });
  return problems;
}

function makesIsoText(node: unknown): boolean {
  return isNode(node) && node.type === 'CallExpression' && nameOf(node['callee']) === 'toISOString';
}

function nameOf(callee: unknown): string {
  if (!isNode(callee)) return '';
  return String(isNode(callee['property']) ? callee['property']['name'] : callee['name']);
}
