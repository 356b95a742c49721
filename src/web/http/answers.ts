import type { Request, Response } from 'express';
import type { Pages } from '../pages.js';
import type { ViewEngine } from '../view-engine.js';
import { isHtmx } from './htmx.js';

/** What a handler of a page answers. The interceptor of PageController writes it; a handler that streams takes the response itself. */
export abstract class PageAnswer {
  /** @returns the body */
  abstract write(request: Request, response: Response, views: ViewEngine): string;
}

export interface ViewOptions {
  /** 200 when absent. */
  status?: number | undefined;
  /** The part to answer an htmx request with, for example 'list'; absent: the whole page in its layout. */
  part?: string | undefined;
  headers?: Readonly<Record<string, string>>;
}

class Html extends PageAnswer {
  constructor(
    private readonly render: (views: ViewEngine) => string,
    private readonly options: Pick<ViewOptions, 'status' | 'headers'>,
  ) {
    super();
  }

  override write(_request: Request, response: Response, views: ViewEngine): string {
    response
      .status(this.options.status ?? 200)
      .set({ 'Cache-Control': 'private, no-store', Vary: 'HX-Request, HX-Target', ...this.options.headers })
      .type('html');
    return this.render(views);
  }
}

class Elsewhere extends PageAnswer {
  constructor(
    private readonly href: string,
    /** What htmx is told in place of a redirect, which it would only swap into a part of the page. */
    private readonly inHtmx: 'follow' | 'refresh' | 'redirect',
  ) {
    super();
  }

  override write(request: Request, response: Response): string {
    const answer = response.set('Cache-Control', 'private, no-store');
    if (this.inHtmx === 'redirect' || !isHtmx(request)) answer.status(303).location(this.href);
    else if (this.inHtmx === 'refresh') answer.status(200).set('HX-Refresh', 'true');
    else answer.status(200).set('HX-Redirect', this.href);
    return '';
  }
}

/** A page, or one part of it, from its template. */
export function view<K extends keyof Pages>(page: K, model: Pages[K], { part, ...options }: ViewOptions = {}): PageAnswer {
  return new Html((views) => views.render(page, model, { htmx: part }), options);
}

/** A piece shared by several screens. */
export function partial(name: string, model: object, options: Pick<ViewOptions, 'status' | 'headers'> = {}): PageAnswer {
  return new Html((views) => views.renderPartial(name, model), options);
}

/** After a form: the browser gets the page at this address. */
export function seeOther(href: string): PageAnswer {
  return new Elsewhere(href, 'redirect');
}

/** After something changed that the whole page shows; `href` is for browsers without htmx. */
export function refreshed(href: string): PageAnswer {
  return new Elsewhere(href, 'refresh');
}

/** To another page, also from inside htmx. */
export function goTo(href: string): PageAnswer {
  return new Elsewhere(href, 'follow');
}
