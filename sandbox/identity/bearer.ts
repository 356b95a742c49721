import type { Request } from 'express';

/** The access token of the header or, as some clients send it, of the query. */
export function bearer(request: Request): string {
  const header = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const query = request.query['access_token'];
  return header ?? (typeof query === 'string' ? query : '');
}
