import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';

/** The same three levels above this file in src/ and in the build. */
const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));

/** Documents and e-mails are rendered elsewhere, under their own rules. */
const FOLDERS = ['layouts', 'pages', 'partials'];

type Compiled = Handlebars.TemplateDelegate<object>;

/**
 * The templates by path without extension ('pages/inbox/list'); each is also a partial of that name. Strict: a field
 * that the view model lacks throws instead of leaving a hole in a page.
 */
export class TemplateLibrary {
  private compiled = new Map<string, Compiled>();

  /** @param keep false reads the files again for every page, for people who write templates. */
  constructor(
    private readonly handlebars: typeof Handlebars,
    private readonly keep: boolean,
    private readonly folder = TEMPLATES,
  ) {
    this.load();
  }

  get(name: string): Compiled {
    if (!this.keep) this.load();
    const template = this.compiled.get(name);
    if (!template) throw new RangeError(`there is no template "${name}"`);
    return template;
  }

  has(name: string): boolean {
    return this.compiled.has(name);
  }

  names(): string[] {
    return [...this.compiled.keys()];
  }

  private load(): void {
    const compiled = new Map<string, Compiled>();
    for (const folder of FOLDERS) {
      for (const entry of readdirSync(join(this.folder, folder), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !entry.name.endsWith('.hbs')) continue;
        const path = join(entry.parentPath, entry.name);
        const name = relative(this.folder, path).split(sep).join('/').slice(0, -'.hbs'.length);
        compiled.set(name, this.compile(readFileSync(path, 'utf8')));
      }
    }
    this.compiled = compiled;
    for (const [name, template] of compiled) this.handlebars.registerPartial(name, template);
  }

  private compile(text: string): Compiled {
    return this.handlebars.compile<object>(text, { strict: true, preventIndent: true });
  }
}
