import type { SourceFile } from './source-files.js';

const VENDORS = ['connectwise', 'quickbooks', 'xero'];
const FREE = [/^src\/connectors\/index(\.spec)?\.ts$/];

/** Where a vendor is named by code or a page that should serve any vendor, as `file:line: name`. File names count. */
export function vendorNameProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !FREE.some((free) => free.test(path)))
    .flatMap((file) => [`${file.path}`, ...file.text.split('\n')].flatMap((line, number) => problemsOf(file.path, line, number)));
}

function problemsOf(path: string, line: string, number: number): string[] {
  const home = /^src\/connectors\/([^/]+)\//.exec(path)?.[1];
  return VENDORS.filter((vendor) => vendor !== home && line.toLowerCase().includes(vendor)).map(
    (vendor) => `${path}:${number}: names ${vendor}`,
  );
}
