import { readFileSync } from 'node:fs';
import { packageOf } from './packages.js';
import type { SourceFile } from './source-files.js';
import { isNode, walk } from './syntax.js';

export interface Manifest {
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
}

/** A version that says one version: no range, no tag, no address. */
export function versionProblems({ dependencies, devDependencies }: Manifest): string[] {
  return (
    Object.entries({ ...dependencies, ...devDependencies })
      // Under another name, too: npm:typescript@7.0.2.
      .filter(([, version]) => !/^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${name} is not pinned to one version: ${version}`)
  );
}

/** A runtime dependency that nothing imports, unless one that is imported asks for it as a peer. */
export function unusedDependencies({ dependencies }: Manifest, files: readonly SourceFile[], peersOf = installedPeersOf): string[] {
  const named = new Set(files.flatMap(packagesNamedIn));
  const peers = new Set(
    Object.keys(dependencies)
      .filter((name) => named.has(name))
      .flatMap(peersOf),
  );
  return Object.keys(dependencies).filter((name) => !named.has(name) && !peers.has(name));
}

/** A package is used by being imported, resolved or found by its folder, so any whole string that begins with its name counts. */
function packagesNamedIn(file: SourceFile): string[] {
  const names: string[] = [];
  walk(file, (node) => {
    if (node.type === 'Literal' && typeof node['value'] === 'string') names.push(packageOf(node['value']));
    if (node.type === 'TemplateElement' && isNode(node)) names.push(packageOf(String((node['value'] as { cooked?: unknown }).cooked)));
  });
  return names;
}

function installedPeersOf(name: string): string[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {
    peerDependencies?: Record<string, string>;
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  };
  return Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
}

/** A runtime dependency that a page of ours does not name, in backticks and with the reason beside it. */
export function unexplainedDependencies({ dependencies }: Manifest, page: string): string[] {
  const lines = page.split('\n');
  return Object.keys(dependencies).filter((name) => !lines.some((line) => line.includes(`\`${name}\``) && wordsIn(line) > 0));
}

/** Words outside of backticks. */
function wordsIn(line: string): number {
  return line.replaceAll(/`[^`]*`/g, ' ').match(/[A-Za-z]{2,}/g)?.length ?? 0;
}
