import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';

/** What each e-mail needs to know; the names are the templates' in templates/emails. */
export interface Emails {
  'sign-in-code': { code: string; minutes: number };
  'factor-news': { what: string };
  invitation: { tenant: string; from: string; roleLabel: string; href: string; days: number };
}

export interface RenderedEmail {
  subject: string;
  text: string;
  html: string;
}

/** The same three levels above this file in src/ and in the build. */
const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));

/** E-mails as HTML, with every field escaped, and as the same words in plain text. A missing field throws. */
export class EmailTemplates {
  private readonly compiled = new Map<string, Handlebars.TemplateDelegate<object>>();

  constructor(folder = TEMPLATES) {
    const handlebars = Handlebars.create();
    handlebars.registerHelper('plural', (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`);
    handlebars.registerPartial('layouts/email', readFileSync(join(folder, 'layouts', 'email.hbs'), 'utf8'));
    for (const file of readdirSync(join(folder, 'emails'))) {
      const name = basename(file, '.hbs');
      const text = readFileSync(join(folder, 'emails', file), 'utf8');
      this.compiled.set(name, handlebars.compile<object>(text, { strict: true, preventIndent: true, noEscape: name.endsWith('.text') }));
    }
  }

  render<K extends keyof Emails>(name: K, view: Emails[K]): RenderedEmail {
    return {
      subject: this.run(`${name}.subject.text`, view).replaceAll(/\s+/g, ' ').trim(),
      text: this.run(`${name}.body.text`, view),
      html: this.run(name, view),
    };
  }

  private run(name: string, view: object): string {
    const template = this.compiled.get(name);
    if (!template) throw new RangeError(`There is no e-mail template "${name}"`);
    return template(view);
  }
}
