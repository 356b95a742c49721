import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { Config } from '../../platform/config/config.js';

/**
 * Whether this caller may read numbers and details: with the operator's token; in the sandbox everybody, for it listens on this
 * machine alone. A loopback address says nothing elsewhere: it is also where a proxy on the same machine connects from.
 */
export function isOperator(request: Request, { sandbox, telemetry }: Config): boolean {
  if (sandbox) return true;
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || telemetry.metricsToken === undefined) return false;
  return timingSafeEqual(digest(given), digest(telemetry.metricsToken));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
