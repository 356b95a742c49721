import type { SourceFile } from './source-files.js';

/** Pieces, so that this file does not break its own rule. */
const folders = ['work', 'root', 'home', 'Users', 'workspace', 'mnt'].join('|');
const hosts = ['npmjs', 'npmmirror', 'yarnpkg', 'jfrog', 'verdaccio', 'artifactory', 'pypi', 'pkg.github', 'pythonhosted'].join('|');

const PLACES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(?<![\\w.:/)}\\]*-])/(${folders})/`), 'a path of one machine'],
  [/\b[A-Z]:\\{1,2}(Users|Documents|work)\b/, 'a path of one machine'],
  [new RegExp(`\\b(${hosts})\\.[a-z.]+`, 'i'), 'the host of a package registry'],
  [/\bregistry\s*=|"resolved"\s*:(?!\s*"sandbox",)|https?:\/\/registry\./, 'the host of a package registry'],
];

/** Files that work only where they were written: paths of one machine, and the registry that happened to serve the packages. */
export function placeProblems(file: SourceFile): string[] {
  return file.text
    .split('\n')
    .flatMap((line, index) =>
      PLACES.filter(([pattern]) => pattern.test(line)).map(([, problem]) => `${file.path}:${index + 1}: ${problem}`),
    );
}
