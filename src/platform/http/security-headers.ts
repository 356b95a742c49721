import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { policyFor } from './content-policies.js';

const TWO_YEARS_IN_SECONDS = 63_072_000;

/** Nothing here uses the machine's devices; passkeys and copying a key to the clipboard are for our own pages. */
const OFF =
  'accelerometer camera display-capture geolocation gyroscope hid magnetometer microphone midi payment screen-wake-lock serial usb';
const OURS = 'clipboard-write fullscreen publickey-credentials-create publickey-credentials-get';
const PERMISSIONS = [...OFF.split(' ').map((feature) => `${feature}=()`), ...OURS.split(' ').map((feature) => `${feature}=(self)`)].join(
  ', ',
);

/** Headers of every answer, errors included. A handler that sets one of them itself has the last word. */
export function securityHeaders({ https }: { https: boolean }): RequestHandler[] {
  const always = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  return [always, (request, response, next) => own(request, response, next, https)];
}

function own(request: Request, response: Response, next: NextFunction, https: boolean): void {
  response.set({ 'Permissions-Policy': PERMISSIONS, 'Cache-Control': 'no-store' });
  // A proxy that says that its own side was plain http is believed: the header means nothing there.
  if (https && request.headers['x-forwarded-proto'] !== 'http')
    response.set('Strict-Transport-Security', `max-age=${TWO_YEARS_IN_SECONDS}; includeSubDomains`);
  const { path } = request;
  beforeHeaders(response, () => {
    if (!response.hasHeader('Content-Security-Policy'))
      response.setHeader('Content-Security-Policy', policyFor(path, String(response.getHeader('Content-Type') ?? '')));
  });
  next();
}

/** The last moment in which a header can be set: then it is known what the answer is. */
function beforeHeaders(response: Response, work: () => void): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => Response;
  response.writeHead = (...given: unknown[]): Response => {
    work();
    return writeHead(...given);
  };
}
