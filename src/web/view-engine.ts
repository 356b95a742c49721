import Handlebars from 'handlebars';
import type { AssetLibrary } from './asset-library.js';
import type { Pages } from './pages.js';
import { registerHelpers } from './templating/helpers.js';
import { TemplateLibrary } from './templating/template-library.js';

export interface ViewEngineOptions {
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
