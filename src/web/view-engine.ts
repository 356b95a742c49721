import Handlebars from 'handlebars';
import type { AssetLibrary } from './asset-library.js';
import type { Pages } from './pages.js';
import { registerHelpers } from './templating/helpers.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The same two levels above this file in src/ and in the build. */
const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));

/** Documents and e-mails are rendered elsewhere, under their own rules. */
const FOLDERS = ['layouts', 'pages', 'partials'];

type Compiled = Handlebars.TemplateDelegate<object>;

interface ViewEngineOptions {
  assets: AssetLibrary;
  clock: { now(): Date };
  /** Compile once and keep; off while people write templates. */
  production: boolean;
}

/** Turns typed view models into HTML. It sees plain data only: no row, no service, no prototype. */
export class ViewEngine {
  private readonly templates: TemplateLibrary;

  constructor(private readonly options: ViewEngineOptions) {
    const handlebars = Handlebars.create();
    registerHelpers(handlebars, options.assets);
    this.templates = new TemplateLibrary(handlebars, options.production);
  }

  /**
   * @param page a screen, or one page of it: 'inbox', 'settings/brand'.
   * @param request.htmx the part to answer an htmx request with, for example 'list'; absent: the whole page in its layout.
   */
  render<K extends keyof Pages>(page: K, view: Pages[K], request: { htmx?: string | undefined } = {}): string {
    return this.run(request.htmx === undefined ? this.pageTemplate(page) : `pages/${page}/${request.htmx}`, view);
  }

  /** A piece shared by several screens: a toast, a row that changed. */
  renderPartial(name: string, view: object): string {
    return this.run(`partials/${name}`, view);
  }

  private pageTemplate(page: string): string {
    return this.templates.has(`pages/${page}`) ? `pages/${page}` : `pages/${page}/index`;
  }

  private run(template: string, view: object): string {
    return this.templates.get(template)(view, { data: { now: this.options.clock.now() } });
  }
}

/**
 * The templates by path without extension ('pages/inbox/list'); each is also a partial of that name. Strict: a field
 * that the view model lacks throws instead of leaving a hole in a page.
 */
class TemplateLibrary {
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
