import type { Connector } from '../ports/connector.js';
import { callingVendor } from '../platform/telemetry/vendor-traffic.js';

/** The same connector; every request that any of its methods makes, at once or page by page, is known to be one to this vendor. */
export function instrumentedConnector(connector: Connector): Connector {
  return watched(connector, connector.descriptor.key);
}

function watched<T extends object>(target: T, key: string): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value: unknown = Reflect.get(object, name);
      if (typeof value === 'function')
        return (...args: unknown[]) =>
          result(
            callingVendor(key, () => Reflect.apply(value, object, args) as unknown),
            key,
          );
      // How a vendor is connected is an object of functions; everything else of it is data.
      return name === 'connect' && typeof value === 'object' && value !== null ? watched(value, key) : value;
    },
  });
}

/** An opened port is an object of functions; a page by page answer asks the vendor when its next page is wanted. */
function result(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Promise) return value;
  if (Symbol.asyncIterator in value) return pages(value as AsyncIterable<unknown>, key);
  const isOpened = ['source', 'ledger', 'payments'].some((port) => port in value);
  if (!isOpened) return value;
  return Object.fromEntries(Object.entries(value).map(([port, object]) => [port, watched(object as object, key)]));
}

async function* pages(all: AsyncIterable<unknown>, key: string): AsyncGenerator<unknown> {
  const iterator = all[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await callingVendor(key, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
