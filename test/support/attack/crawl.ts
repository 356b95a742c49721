import { endsSession } from './whole-app.js';

export interface Form {
  method: string;
  /** A path of ours, ids and all. */
  action: string;
  fields: { name: string; value: string }[];
}

export interface Crawl {
  /** Paths that answered a page, in the order found. */
  pages: string[];
  forms: Form[];
}

const MOST_PAGES = 200;
/** To providers and vendors. */
const GOES_OUT = /^\/(sign-in\/(google|microsoft|oidc)|connect\/\w+\/(start|out)|assets\/)/;
const leaves = (path: string): boolean => GOES_OUT.test(path) || endsSession(path);

/**
 * Follows every link and every htmx address of the pages, as one person, and gathers the forms. Our own templates write one way
 * only, so that patterns read them; of many addresses that differ by an id, a few are enough.
 */
export async function crawl(url: string, headers: Record<string, string>, from = '/'): Promise<Crawl> {
  const waiting = [from];
  const seen = new Map<string, number>();
  const found: Crawl = { pages: [], forms: [] };
  while (waiting.length > 0 && found.pages.length < MOST_PAGES) {
    const path = waiting.shift() ?? '';
    const kind =
      path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '#').replace(/[?#].*/, '') + [...new URL(path, url).searchParams.keys()].join();
    const times = seen.get(kind) ?? 0;
    if (times >= 2 || leaves(path)) continue;
    seen.set(kind, times + 1);
    const answer = await fetch(url + path, { headers: { ...headers, accept: 'text/html' }, redirect: 'manual' });
    const location = answer.headers.get('location');
    if (location?.startsWith('/')) waiting.push(location);
    const html = /html/.test(answer.headers.get('content-type') ?? '') ? await answer.text() : '';
    if (answer.status >= 500) throw new Error(`GET ${path} answered ${answer.status}`);
    if (!answer.ok || html === '') continue;
    found.pages.push(path);
    waiting.push(...linksIn(html));
    found.forms.push(...formsIn(html, path));
  }
  return { pages: found.pages, forms: onePerKind(found.forms) };
}

function linksIn(html: string): string[] {
  return [...html.matchAll(/\b(?:href|hx-get|data-href)="(\/[^"]*)"/g)].map(([, path = '']) => unescape(path).replace(/#.*/, ''));
}

function formsIn(html: string, page: string): Form[] {
  const forms = [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, attributes = '', inside = '']) =>
    formOf(attributes, inside, page),
  );
  const buttons = [...html.matchAll(/<(?:button|a|input|div|select)\b([^>]*\bhx-(?:post|put|patch|delete)=[^>]*)>/g)].flatMap(
    ([, attributes = '']) => formOf(attributes, '', page),
  );
  return [...forms, ...buttons];
}

function formOf(attributes: string, inside: string, page: string): Form[] {
  const htmx = /\bhx-(post|put|patch|delete)="([^"]*)"/.exec(attributes);
  const method = (htmx?.[1] ?? attribute(attributes, 'method') ?? 'get').toUpperCase();
  const action = unescape(htmx?.[2] ?? attribute(attributes, 'action') ?? page);
  if (!action.startsWith('/') || leaves(action)) return [];
  const fields = [...inside.matchAll(/<(?:input|select|textarea|button)\b([^>]*)>/g)].flatMap(([, field = '']) => {
    const name = attribute(field, 'name');
    return name === undefined ? [] : [{ name, value: unescape(attribute(field, 'value') ?? '') }];
  });
  return [{ method, action, fields }];
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1];
}

function unescape(text: string): string {
  return text
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#x3D;', '=')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

function onePerKind(forms: readonly Form[]): Form[] {
  const kinds = new Map<string, Form>();
  for (const form of forms) {
    const names = form.fields.map(({ name }) => name).toSorted();
    kinds.set(`${form.method} ${form.action.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '#')} ${[...new Set(names)].join()}`, form);
  }
  return [...kinds.values()];
}
