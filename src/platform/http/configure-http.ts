import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.js';
import { bodies } from './bodies.js';
import { crossOrigin } from './cross-origin.js';
import { knownHost } from './known-host.js';
import { securityHeaders } from './security-headers.js';
import { refuseNul } from './refuse-nul.js';
import { limitServer, type ServerLimits } from './server-limits.js';

export interface HttpOptions {
  /** Whether people reach us by https, here or at a proxy. */
  https: boolean;
  trustedProxies?: readonly string[];
  /** Refuses requests for any other host; absent in the sandbox, where this machine has several names. */
  publicUrl?: string | undefined;
  /** Origins whose pages may call the API. */
  corsOrigins?: readonly string[];
  limits?: Partial<ServerLimits>;
}

export function httpOptions(config: Pick<Config, 'publicUrl' | 'trustedProxies' | 'sandbox' | 'edge'>): HttpOptions {
  return {
    https: config.publicUrl.startsWith('https:'),
    trustedProxies: config.trustedProxies,
    publicUrl: config.sandbox ? undefined : config.publicUrl,
    corsOrigins: config.edge.corsOrigins,
  };
}

/** What stands before every route, in this order: where it came from, what every answer carries, who may ask, how much is read. */
export function configureHttp(app: NestExpressApplication, options: HttpOptions): void {
  app.disable('x-powered-by');
  // Whoever else sends X-Forwarded-For says it of themselves; the record keeps the address that connected.
  app.set('trust proxy', [...(options.trustedProxies ?? [])]);
  app.set('query parser', 'simple');
  for (const handler of securityHeaders(options)) app.use(handler);
  if (options.publicUrl !== undefined) app.use(knownHost(options.publicUrl));
  app.use(crossOrigin(options.corsOrigins ?? []));
  for (const handler of bodies()) app.use(handler);
  app.use(refuseNul);
  limitServer(app.getHttpServer() as Server, options.limits);
}
