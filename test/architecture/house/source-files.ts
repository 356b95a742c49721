import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  path: string;
  text: string;
}

const NOT_OURS = new Set(['.git', '.data', 'node_modules', 'dist', 'coverage']);

/** Every file below a folder that is ours: what git would track, found without git, since an unpacked archive has none. */
export function filesBelow(folder: string, wanted: (path: string) => boolean = () => true): SourceFile[] {
  return pathsBelow(folder)
    .filter(wanted)
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name).replaceAll('\\', '/');
      return entry.isDirectory() ? pathsBelow(path) : [path];
    });
}

export const typescriptIn = (folder: string): SourceFile[] => filesBelow(folder, (path) => path.endsWith('.ts'));

export const isSpec = (path: string): boolean => path.endsWith('.spec.ts');

/** Specs and what only specs use: both stand beside the code and may reach for test/support. */
export const isTestCode = (path: string): boolean => /\.(spec|fixture)\.ts$/.test(path);
