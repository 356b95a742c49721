/** Just enough of a browser: cookies by host, redirects followed one by one, and pressing a button of a GET form. */
export interface VisitedPage {
  url: string;
  status: number;
  body: string;
}

export class Browser {
  /** Every address asked for, in order. */
  readonly visited: string[] = [];
  private readonly cookies = new Map<string, string>();

  async visit(address: string): Promise<VisitedPage> {
    let url = address;
    for (let hop = 0; hop < 10; hop += 1) {
      const response = await this.request(url);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        return { url, status: response.status, body: await response.text() };
      }
      url = new URL(location, url).href;
    }
    throw new Error(`Too many redirects from ${address}`);
  }

  async press(page: VisitedPage, name: string, value: string): Promise<VisitedPage> {
    return this.visit(buttonAddress(page, name, value));
  }

  /** Where the button leads, one hop on, without going there. */
  async location(page: VisitedPage, name: string, value: string): Promise<string> {
    return (await this.request(buttonAddress(page, name, value))).headers.get('location') ?? '';
  }

  private async request(url: string): Promise<Response> {
    this.visited.push(url);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }
}

/** Built from the page's own hidden inputs, so that a page which forgets one fails the test. */
function buttonAddress(page: VisitedPage, name: string, value: string): string {
  if (!page.body.includes(`<button name="${name}" value="${value}">`)) throw new Error(`No button ${value} on ${page.url}: ${page.body}`);
  const url = new URL(page.url);
  url.search = '';
  for (const [, input = '', content = ''] of page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    url.searchParams.append(unescape(input), unescape(content));
  }
  url.searchParams.append(name, value);
  return url.href;
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}
