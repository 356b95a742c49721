import { AsyncLocalStorage } from 'node:async_hooks';
import { isLimited, type InvoiceScope } from '../domain/access.js';

interface Request {
  scope: InvoiceScope | undefined;
}

const requests = new AsyncLocalStorage<Request>();

/** Everything that `next` starts belongs to one request, whose caller becomes known later. Jobs run outside of any. */
export function asRequest(next: () => void): void {
  requests.run({ scope: undefined }, next);
}

/** From here on every transaction of this request shows the caller's own invoices. Whom nothing narrows sees all. */
export function narrowTo(scope: InvoiceScope): void {
  const request = requests.getStore();
  if (request) request.scope = scope;
  else if (isLimited(scope)) throw new Error('A limited caller needs a request that carries their limits: see asRequest');
}

/** What the policies named caller_scope read, in the role that they hold for; undefined for everybody who sees all. */
export function scopeSetting(): string | undefined {
  const scope = requests.getStore()?.scope;
  return scope && isLimited(scope) ? JSON.stringify({ customers: scope.customers, locations: scope.locations }) : undefined;
}
