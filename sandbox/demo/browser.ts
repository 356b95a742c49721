import { pressedForm } from '../kit/press-button.js';

export interface Page {
  /** Where the redirects ended. */
  url: string;
  status: number;
  html: string;
}

const MOST_HOPS = 15;

/** A person's browser without scripts: keeps the app's cookies, follows redirects, and posts forms as from a page of the app. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly site: string) {}

  /** @throws Error with what the page says, when it is no page to go on from */
  async visit(address: string): Promise<Page> {
    const { href, pathname, hash } = new URL(address, this.site);
    const page = expectFine(await this.follow(href, { method: 'GET' }), pathname);
    // What stands behind the # of a link is sent by the page that it opens.
    return hash === '' ? page : await this.post(`${pathname}/link`, { code: hash });
  }

  /** Sends a form. Several values of one name are a list. @throws Error with what the page says, when it is refused */
  async post(path: string, form: Readonly<Record<string, string | readonly string[]>> | FormData): Promise<Page> {
    const body = form instanceof FormData ? form : encoded(form);
    return expectFine(await this.follow(new URL(path, this.site).href, { method: 'POST', body }), path);
  }

  /** Presses a button of the page's first form: the one with this value, or the first. */
  async press(page: Page, value?: string): Promise<Page> {
    const { target, isPost, fields } = pressedForm(page, value);
    if (isPost) return expectFine(await this.follow(target.href, { method: 'POST', body: fields }), target.pathname);
    target.search = fields.toString();
    return expectFine(await this.follow(target.href, { method: 'GET' }), target.pathname);
  }

  private async follow(address: string, first: RequestInit): Promise<Page> {
    let url = address;
    let request = first;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const response = await this.request(url, request);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null)
        return { url, status: response.status, html: await response.text() };
      await response.body?.cancel();
      url = new URL(location, url).href;
      request = { method: 'GET' };
    }
    throw new Error(`Too many redirects from ${new URL(address).pathname}`);
  }

  private async request(url: string, request: RequestInit): Promise<Response> {
    const isApp = new URL(url).origin === new URL(this.site).origin;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers: Record<string, string> = isApp ? { cookie, origin: new URL(this.site).origin, 'sec-fetch-site': 'same-origin' } : {};
    const response = await fetch(url, { ...request, headers, redirect: 'manual' });
    if (isApp) for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /expires=([^;]+)/i.exec(line)?.[1];
    if (expires !== undefined && Date.parse(expires) < Date.now()) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function encoded(form: Readonly<Record<string, string | readonly string[]>>): URLSearchParams {
  return new URLSearchParams(Object.entries(form).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])));
}

function expectFine(page: Page, asked: string): Page {
  if (page.status < 400) return page;
  const said = /role="alert"[^>]*>([\s\S]*?)<\/div>/i.exec(page.html)?.[1] ?? '';
  const words = said
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  throw new Error(`${new URL(asked, page.url).pathname} answered ${page.status}${words && `: ${words}`}`);
}
