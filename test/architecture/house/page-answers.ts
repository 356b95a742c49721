import type { SourceFile } from './source-files.js';
import { lineOf } from './syntax.js';

/** What cannot be one string: each handler keeps the response, for the reason beside it. */
export const STREAMS: Readonly<Record<string, string>> = {
  'src/web/assets.controller.ts: serve': 'bytes that browsers keep for a year, compressed on the way',
  'src/web/invoice/invoice.controller.ts: document': 'the stored PDF',
  'src/web/settings/brand.controller.ts: logo': 'a picture',
  'src/web/settings/brand.controller.ts: showSample': 'a PDF',
  'src/web/settings/audit/audit.controller.ts: csv': 'the log as a file, row by row',
  'src/web/settings/audit/audit.controller.ts: json': 'the log as a file, row by row',
  'src/web/settings/data/exports.controller.ts: download': 'the archive, from the disk',
};

/**
 * Handlers that take the response without `passthrough`: they write it alone, and what they return goes nowhere.
 * @returns each as a key of STREAMS, with where it stands
 */
export function takersOfResponse(file: SourceFile): { handler: string; problem: string }[] {
  return [...file.text.matchAll(/@(?:Res|Response|Next)\(\s*\)/g)].map(({ 0: text, index }) => {
    const name = [...file.text.slice(0, index).matchAll(/^ {2}(?:async )?(\w+)\(/gm)].at(-1)?.[1] ?? '';
    return { handler: `${file.path}: ${name}`, problem: `${file.path}:${lineOf(file, index)}: ${name} takes ${text}, and answers nothing` };
  });
}
