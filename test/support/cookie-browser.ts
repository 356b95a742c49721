export interface Page {
  /** Where the redirects ended. */
  url: string;
  path: string;
  status: number;
  body: string;
}

/** A person's browser without scripts: cookies of one site, redirects followed one by one, forms posted from a page of that site. */
export class CookieBrowser {
  /** Every Set-Cookie line received. */
  readonly cookieLines: string[] = [];
  private readonly cookies = new Map<string, string>();

  constructor(private readonly site: string) {}

  /** As assets/scripts/link.js does, it sends the secret of a link, which no request for the page itself carries. */
  async visit(address: string): Promise<Page> {
    const { href, pathname, hash } = new URL(address, this.site);
    const page = await this.follow(href, { method: 'GET' });
    return /^\/sign-in\/(?:invitation|support)$/.test(pathname) && hash !== '' ? await this.post(`${pathname}/link`, { code: hash }) : page;
  }

  async post(
    path: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
  ): Promise<Page> {
    return await this.follow(new URL(path, this.site).href, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  /** Where the address redirects to, without going there. */
  async redirectOf(address: string): Promise<string> {
    return (await this.request(new URL(address, this.site).href, { method: 'GET' })).headers.get('location') ?? '';
  }

  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  private async follow(address: string, first: RequestInit): Promise<Page> {
    let url = address;
    let request = first;
    for (let hop = 0; hop < 10; hop += 1) {
      const response = await this.request(url, request);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        return { url, path: new URL(url).pathname, status: response.status, body: await response.text() };
      }
      await response.body?.cancel();
      url = new URL(location, url).href;
      request = { method: 'GET' };
    }
    throw new Error(`Too many redirects from ${address}`);
  }

  private async request(url: string, request: RequestInit): Promise<Response> {
    const isOurs = new URL(url).origin === new URL(this.site).origin;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(request.headers);
    if (isOurs) headers.set('cookie', cookie);
    const response = await fetch(url, { ...request, redirect: 'manual', headers });
    if (isOurs) for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  private keep(line: string): void {
    this.cookieLines.push(line);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /expires=([^;]+)/i.exec(line)?.[1];
    if (expires !== undefined && Date.parse(expires) < Date.now()) this.cookies.delete(name);
    else this.cookies.set(name, decodeURIComponent(value));
  }
}
