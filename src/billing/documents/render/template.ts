import { readdirSync, readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { guardTemplate } from './template-guard.js';

/** Turns a frozen plain view into the HTML of a document's body. */
export type Template = (view: object) => string;

export interface DocumentTemplate {
  render: Template;
  css: string;
}

/** The only helpers a document knows: choosing and repeating. Formatting is done before the template sees a value. */
const KNOWN_HELPERS = { each: true, if: true, unless: true } as const;

const OPTIONS: CompileOptions = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { ...KNOWN_HELPERS, with: false, log: false, lookup: false },
  noEscape: false,
  preventIndent: true,
};
const ROOT = new URL('../../../../templates/documents/', import.meta.url);
const loaded = new Map<string, DocumentTemplate>();

/**
 * One version of one kind of document, compiled once per process. The main template and its stylesheet carry the kind's
 * name; every other template in the folder is a partial of it.
 */
export function loadTemplate(kind: string, version: string): DocumentTemplate {
  const name = `${kind}/${version}`;
  const known = loaded.get(name);
  if (known) return known;
  const folder = new URL(`${name}/`, ROOT);
  const sources = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.hbs'))
      .map((file) => [file.slice(0, -'.hbs'.length), readFileSync(new URL(file, folder), 'utf8')]),
  );
  const template = { render: compileTemplate(kind, sources), css: readFileSync(new URL(`${kind}.css`, folder), 'utf8') };
  loaded.set(name, template);
  return template;
}

/** @throws TemplateRefused when a source uses anything outside the allow-list; ours go through the same gate as a tenant's. */
export function compileTemplate(main: string, sources: ReadonlyMap<string, string>): Template {
  const source = sources.get(main);
  if (source === undefined) throw new RangeError(`There is no template "${main}"`);
  guardTemplate(main, sources);
  const handlebars = Handlebars.create();
  for (const helper of ['lookup', 'log', 'with']) handlebars.unregisterHelper(helper);
  for (const [name, partial] of sources) if (name !== main) handlebars.registerPartial(name, handlebars.compile(partial, OPTIONS));
  const compiled = handlebars.compile<object>(source, OPTIONS);
  return (view) => compiled(view, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
}
