import type { Request, Response } from 'express';

export function isHtmx(request: Request): boolean {
  return request.headers['hx-request'] === 'true';
}

/** Id of the element that the answer goes into; undefined for a whole page. */
export function htmxTarget(request: Request): string | undefined {
  const target = request.headers['hx-target'];
  return isHtmx(request) && typeof target === 'string' ? target : undefined;
}

/** The address of the page that the request came from, for what depends on its filter. */
export function pageAddress(request: Request): string | undefined {
  const address = request.headers['hx-current-url'] ?? request.headers.referer;
  return typeof address === 'string' ? address : undefined;
}

export function sendHtml(response: Response, html: string): void {
  response.set({ 'Cache-Control': 'private, no-store', Vary: 'HX-Request, HX-Target' }).type('html').send(html);
}

/** After something changed that the whole page shows. */
export function refresh(request: Request, response: Response, href: string): void {
  if (isHtmx(request)) response.set('HX-Refresh', 'true').status(200).end();
  else response.redirect(303, href);
}

/** Follows a link inside htmx, where a redirect would only be swapped into a part. */
export function goTo(request: Request, response: Response, href: string): void {
  if (isHtmx(request)) response.set('HX-Redirect', href).status(200).end();
  else response.redirect(303, href);
}
