import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { AxiosStatic } from 'axios';
import { MAX_ANSWER_BYTES } from './http.js';

export interface SdkBounds {
  signal: AbortSignal;
  /** For the whole exchange, first byte to last. */
  timeoutMs: number;
}

const calls = new AsyncLocalStorage<SdkBounds>();
const bounded = new WeakSet<AxiosStatic>();

/**
 * SDKs that call the default instance of axios know no time-out, no abort and no limit. An SDK is CommonJS and resolves
 * another instance than an `import` gives; its calls are recognised by the async context, so that other users of that
 * axios notice nothing.
 * @param sdk the SDK's package name.
 */
export function boundAxiosOf(sdk: string): void {
  const sdkAxios = createRequire(createRequire(import.meta.url).resolve(sdk))('axios') as AxiosStatic;
  if (bounded.has(sdkAxios)) return;
  bounded.add(sdkAxios);
  sdkAxios.interceptors.request.use((config) => {
    const call = calls.getStore();
    if (!call) return config;
    config.timeout = call.timeoutMs;
    config.signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs)]);
    config.maxContentLength = MAX_ANSWER_BYTES;
    config.maxRedirects = 0;
    return config;
  });
}

/** Every request that the SDK makes within `work` ends in time and in bounds. */
export function inBounds<T>(bounds: SdkBounds, work: () => Promise<T>): Promise<T> {
  return calls.run(bounds, work);
}
