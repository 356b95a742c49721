import { parseAst } from 'vitest/node';
import type { SourceFile } from './source-files.js';

/** A node of the syntax tree, as far as the house rules look into it. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [part: string]: unknown;
}

/** Calls `visit` for every node of a file, parents before children; `parents` runs from the outside in. */
export function walk(file: SourceFile, visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void): void {
  const root = parseAst(file.text, { lang: file.path.endsWith('.ts') ? 'ts' : 'js' });
  descend(root as unknown as SyntaxNode, [], visit);
}

function descend(
  node: SyntaxNode,
  parents: readonly SyntaxNode[],
  visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
): void {
  visit(node, parents);
  const inside = [...parents, node];
  for (const part of Object.values(node)) {
    for (const child of Array.isArray(part) ? part : [part]) if (isNode(child)) descend(child, inside, visit);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

export function lineOf(file: SourceFile, offset: number): number {
  return file.text.slice(0, offset).split('\n').length;
}

export interface Import {
  /** As written: './money.js', 'zod'. */
  specifier: string;
  typeOnly: boolean;
  line: number;
}

/** Everything a file reaches for by name: static, dynamic and type imports, re-exports, `require` and `resolve` of a package. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  walk(file, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const typeOnly = node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type';
    found.push({ specifier, typeOnly, line: lineOf(file, node.start) });
  });
  return found;
}

const IMPORTING = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType']);

function specifierOf(node: SyntaxNode): string | undefined {
  if (IMPORTING.has(node.type)) return textOf(node['source']);
  if (node.type !== 'CallExpression' || !isNode(node['callee'])) return undefined;
  const callee = node['callee'];
  const name = callee.type === 'MemberExpression' && isNode(callee['property']) ? callee['property']['name'] : callee['name'];
  const first = (node['arguments'] as unknown[])[0];
  if (name === 'require') return textOf(first);
  const text = textOf(first);
  // `Promise.resolve('a')` and `path.resolve('data')` also end in resolve; a package is asked for through require or import.meta.
  return name === 'resolve' && isModuleResolver(callee) ? text : undefined;
}

function isModuleResolver(callee: SyntaxNode): boolean {
  const object = callee['object'];
  if (!isNode(object)) return false;
  if (object.type === 'MetaProperty' || object['name'] === 'require') return true;
  return object.type === 'CallExpression' && isNode(object['callee']) && object['callee']['name'] === 'createRequire';
}

function textOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : undefined;
}
