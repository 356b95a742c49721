import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { refuseNul } from './refuse-nul.js';

/** What stands before every route. Bodies are small; webhooks additionally see the raw bytes they are verified over. */
export function configureHttp(
  app: NestExpressApplication,
  options: {
    contentSecurityPolicy: Exclude<Parameters<typeof helmet>[0], undefined>['contentSecurityPolicy'];
    https: boolean;
    trustedProxies?: readonly string[];
  },
): void {
  app.disable('x-powered-by');
  // Whoever else sends X-Forwarded-For says it of themselves; the record keeps the address that connected.
  app.set('trust proxy', [...(options.trustedProxies ?? [])]);
  app.set('query parser', 'simple');
  app.use(
    helmet({
      contentSecurityPolicy: options.contentSecurityPolicy ?? false,
      strictTransportSecurity: options.https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
      referrerPolicy: { policy: 'same-origin' },
    }),
  );
  app.useBodyParser('json', { limit: '1mb' });
  app.useBodyParser('urlencoded', { limit: '256kb', extended: false });
  app.use(refuseNul);
}
