import { isSpec, type SourceFile } from './source-files.js';
import { isNode, walk, type SyntaxNode } from './syntax.js';

/**
 * Design rule 7: an exported name is unique in `src`, so that whoever reads it knows which one is meant. Each connector's folder
 * is a world of its own, because every vendor has an invoice and a client; re-exports give a second way to the same thing and
 * do not count.
 * @returns one sentence for each name that stands for two things
 */
export function doubleNames(files: readonly SourceFile[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const file of files.filter(({ path }) => !isSpec(path))) {
    for (const name of exportedNames(file)) {
      const key = `${worldOf(file.path)} ${name}`;
      places.set(key, (places.get(key) ?? new Set()).add(file.path));
    }
  }
  return [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([key, paths]) => `${key.split(' ')[1]}: ${[...paths].toSorted().join(', ')}`)
    .toSorted();
}

/** The folder of a connector, its invented twin included, or all the rest. */
function worldOf(path: string): string {
  return /^src\/connectors\/[^/]+(?=\/)/.exec(path)?.[0] ?? 'src';
}

function exportedNames(file: SourceFile): string[] {
  const names: string[] = [];
  walk(file, (node) => {
    if (node.type === 'ExportNamedDeclaration' && isNode(node['declaration'])) names.push(...declaredNames(node['declaration']));
  });
  return names;
}

function declaredNames(declaration: SyntaxNode): string[] {
  const declared = Array.isArray(declaration['declarations']) ? declaration['declarations'].filter(isNode) : [declaration];
  return declared.flatMap(({ id }) => (isNode(id) && typeof id['name'] === 'string' ? [id['name']] : []));
}
