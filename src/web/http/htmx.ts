import type { Request } from 'express';

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
