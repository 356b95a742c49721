import type { SourceFile } from './source-files.js';
import { walk, type SyntaxNode } from './syntax.js';

/** `Decisions.reject`, or the name of a function that stands alone. */
type Place = string;

/** Who calls whom, as far as the text tells: through `this`, through what a constructor was handed, and plain functions. */
export type Calls = ReadonlyMap<Place, ReadonlySet<Place>>;

const RECORD = 'AuditLog.record';

/** Whether the work behind a handler can come to an entry in the audit log. */
export function isAudited(calls: Calls, handler: Place): boolean {
  const seen = new Set<Place>();
  const next = [handler];
  for (let place = next.pop(); place !== undefined; place = next.pop()) {
    if (place === RECORD) return true;
    if (seen.has(place)) continue;
    seen.add(place);
    next.push(...(calls.get(place) ?? []));
  }
  return false;
}

export function callsIn(files: readonly SourceFile[]): Calls {
  const calls = new Map<Place, Set<Place>>();
  for (const file of files) {
    const fields = fieldTypesIn(file);
    walk(file, (node, parents) => {
      if (node.type !== 'CallExpression') return;
      const from = placeOf(parents);
      const to = calleeOf(node['callee'] as SyntaxNode, classOf(parents), fields);
      if (from !== undefined && to !== undefined) calls.set(from, (calls.get(from) ?? new Set()).add(to));
    });
  }
  return calls;
}

/** `Decisions.audit` → `AuditLog`, from the parameters of constructors. */
function fieldTypesIn(file: SourceFile): Map<string, string> {
  const fields = new Map<string, string>();
  walk(file, (node, parents) => {
    if (node.type !== 'TSParameterProperty') return;
    const parameter = node['parameter'] as SyntaxNode;
    const type = (parameter['typeAnnotation'] as SyntaxNode | undefined)?.['typeAnnotation'] as SyntaxNode | undefined;
    fields.set(`${classOf(parents)}.${nameOf(parameter)}`, nameOf(type?.['typeName']));
  });
  return fields;
}

function calleeOf(callee: SyntaxNode, inClass: string, fields: ReadonlyMap<string, string>): Place | undefined {
  if (callee.type === 'Identifier') return nameOf(callee);
  if (callee.type !== 'MemberExpression') return undefined;
  const [object, method] = [callee['object'] as SyntaxNode, nameOf(callee['property'])];
  if (object.type === 'ThisExpression') return `${inClass}.${method}`;
  if (object.type !== 'MemberExpression' || (object['object'] as SyntaxNode).type !== 'ThisExpression') return undefined;
  const type = fields.get(`${inClass}.${nameOf(object['property'])}`);
  return type === undefined ? undefined : `${type}.${method}`;
}

function placeOf(parents: readonly SyntaxNode[]): Place | undefined {
  const method = parents.find(({ type }) => type === 'MethodDefinition');
  if (method) return `${classOf(parents)}.${nameOf(method['key'])}`;
  const alone = parents.find(({ type }) => type === 'FunctionDeclaration');
  return alone && nameOf(alone['id']);
}

function classOf(parents: readonly SyntaxNode[]): string {
  return nameOf(parents.find(({ type }) => type === 'ClassDeclaration')?.['id']);
}

function nameOf(node: unknown): string {
  const name = (node as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : '';
}
