import type { AxiosInstance } from 'axios';
import { createHttp, type HttpOptions } from '../kit/http.js';
import { reach, type Reach } from '../kit/reach.js';
import { LABEL, type ConnectwiseSettings } from './descriptor.js';

const reaches = new WeakMap<ConnectwiseSettings, Reach>();

/** The site is typed by a tenant and may be on the tenant's own servers, so every request asks where it would lead. */
export function connectwiseHttp(settings: ConnectwiseSettings, bounds: Omit<Partial<HttpOptions>, 'label' | 'reach'> = {}): AxiosInstance {
  const own = reaches.get(settings) ?? reach({ operators: [settings.CONNECTWISE_API_URL], allowed: settings.ALLOWED_PRIVATE_HOSTS });
  reaches.set(settings, own);
  return createHttp({ label: LABEL, timeoutMs: settings.CONNECTWISE_TIMEOUT_MS, ...bounds, reach: own });
}
