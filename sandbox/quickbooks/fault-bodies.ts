import { envelopeStamp } from './company-time.js';

/** A refusal of the application tier: HTTP status, type and one error. */
export class QboFault extends Error {
  readonly status: number;
  readonly type: 'ValidationFault' | 'SystemFault' | 'AuthenticationFault' | 'AuthorizationFault';

  constructor(
    readonly code: string,
    message: string,
    readonly detail: string,
    readonly element: string = '',
    kind: { status?: number; type?: QboFault['type'] } = {},
  ) {
    super(message);
    this.status = kind.status ?? 400;
    this.type = kind.type ?? 'ValidationFault';
  }

  /** The `Fault` object, as it stands in an envelope and in a batch item. */
  toFault() {
    return {
      Error: [{ Message: this.message, Detail: this.detail, code: this.code, element: this.element }],
      type: this.type,
    };
  }
}

/** Something the real service does and this sandbox does not: answered loudly with 501, never quietly. */
export class NotModelled extends Error {}

export function faultEnvelope(fault: QboFault, now: Date) {
  return { Fault: fault.toFault(), time: envelopeStamp(now) };
}

/** The gateway in front of the application speaks lower case and epoch milliseconds. */
export function gatewayBody(status: number, code: string, name: string, detail: string, now: Date): string {
  const error = { message: `message=${name}; errorCode=${code.padStart(6, '0')}; statusCode=${status}`, detail, code, element: null };
  return JSON.stringify({
    warnings: null,
    intuitObject: null,
    fault: { error: [error], type: status === 401 || status === 403 ? 'AUTHENTICATION' : 'SERVICE' },
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: now.getTime(),
    status: null,
    cdcresponse: [],
  });
}

function xmlBody(status: number, code: string, name: string, detail: string, now: Date): string {
  return (
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="${envelopeStamp(now)}"><Fault type="SERVICE">` +
    `<Error code="${code}"><Message>message=${name}; errorCode=${code.padStart(6, '0')}; statusCode=${status}</Message>` +
    `<Detail>${detail}</Detail></Error></Fault></IntuitResponse>`
  );
}

interface Wording {
  code: string;
  name: string;
  detail: string;
  xml: boolean;
}

const GATEWAY_WORDING: Record<number, Wording> = {
  401: { code: '3200', name: 'AuthenticationFailed', detail: 'Token expired: AB01…', xml: false },
  403: { code: '3100', name: 'ApplicationAuthorizationFailed', detail: 'The application is not authorized for this company', xml: false },
  429: { code: '3001', name: 'ThrottleExceeded', detail: 'The request limit was reached.  Try again later', xml: true },
  503: { code: '10000', name: 'ServiceUnavailable', detail: 'An application error has occurred while processing your request', xml: false },
  504: { code: '6002', name: 'GatewayTimeout', detail: 'The gateway did not receive an answer in time', xml: true },
};

/** The vendor's own wording of a status that never reached the application. */
export function gatewayAnswer(status: number, now: Date): { contentType: string; body: string } {
  const wording = GATEWAY_WORDING[status];
  if (!wording) {
    const fault = new QboFault('10000', 'An application error has occurred while processing your request', 'System Failure Error', '', {
      status,
      type: 'SystemFault',
    });
    return { contentType: 'application/json', body: JSON.stringify(faultEnvelope(fault, now)) };
  }
  const { code, name, detail, xml } = wording;
  return xml
    ? { contentType: 'application/xml', body: xmlBody(status, code, name, detail, now) }
    : { contentType: 'application/json', body: gatewayBody(status, code, name, detail, now) };
}
