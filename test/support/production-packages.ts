import { z } from 'zod';

const edges = z.record(z.string(), z.string()).default({});
const lockfile = z.object({
  packages: z.record(z.string(), z.object({ dependencies: edges, optionalDependencies: edges, peerDependencies: edges })),
});

/**
 * Folders of what `npm ci --omit=dev --workspaces=false` installs, from the lockfile: all that the root package needs at run time,
 * found as Node finds it. Packages for other systems are among them.
 */
export function productionPackages(lock: unknown): Set<string> {
  const { packages } = lockfile.parse(lock);
  const found = new Set<string>();
  const wanted = Object.keys(packages['']?.dependencies ?? {}).map((name) => ({ from: '', name }));
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    const path = nearest(packages, next.from, next.name);
    if (path === undefined || found.has(path)) continue;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    wanted.push(...names.map((name) => ({ from: path, name })));
  }
  return found;
}

function nearest(packages: Readonly<Record<string, unknown>>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (folder === '') return undefined;
  }
}
