import { ConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';
import { faultBody, gatewayFaultBody } from './types.js';
import { z } from 'zod';

/** An answer that is not a success, before anyone has judged it. */
export interface FailedAnswer {
  ok: false;
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON where it was JSON, else text: the gateway answers some failures in XML whatever was asked for. */
  body: unknown;
}

export interface Fault {
  code: string;
  /** Their own words, at most 1,000 characters. */
  words: string;
  type: string;
}

const LONGEST_WORDS = 1_000;
const PAUSE_MS = 60_000;
const RETRY_MS = 30_000;

/** Codes that say the application itself stumbled, and nothing about what was asked. */
const STUMBLES = new Set(['10000', '6002', '3001']);

/** Every failing status, and refusals inside a 200, in our closed vocabulary. `writes`: the request asked for a change. */
export function statusError(answer: Omit<FailedAnswer, 'ok'>, writes: boolean): ConnectorError {
  const fault = firstFault(answer.body);
  const status = effectiveStatus(answer.status, fault);
  const details = { status: answer.status, ...detailsOf(status, fault) };
  if (isThrottled(answer)) {
    const sentence = `${LABEL} asks us to wait. It goes on by itself.`;
    return new ConnectorError('rate_limited', sentence, { ...details, retryAfterMs: pauseOf(answer) });
  }
  if (status === 401) return unauthorized(fault, details);
  if (status === 403) return fault?.code === '6190' ? subscriptionEnded(details) : disconnected(details);
  if (status === 404 || fault?.code === '610') {
    return new ConnectorError('not_found', `${LABEL} does not hold what was asked for. It may have been removed there.`, details);
  }
  if (status >= 500 && status !== 501) return brokenServer(details, writes);
  if (fault?.code === '6190') return subscriptionEnded(details);
  const words = details.vendorWords;
  return new ConnectorError('invalid', `${LABEL} did not accept the request${words === undefined ? '' : `: ${words}`}.`, details);
}

export function isThrottled(answer: Omit<FailedAnswer, 'ok'>): boolean {
  return answer.status === 429 || firstFault(answer.body)?.code === '3001';
}

/** Only the status says that it is time to wait; how long is rarely said, and a minute is what the limits are counted in. */
export function pauseOf({ headers }: Pick<FailedAnswer, 'headers'>): number {
  const asked = headers['retry-after'];
  return asked !== undefined && /^\d+$/.test(asked.trim()) ? Number.parseInt(asked, 10) * 1_000 : PAUSE_MS;
}

/** The person behind the consent lost their role: a new token would be refused as well. */
export function lostAccess({ body }: Pick<FailedAnswer, 'body'>): boolean {
  return firstFault(body)?.code === '120';
}

/** The first error of either spelling of a fault; `undefined` when the body is none. */
export function firstFault(body: unknown): Fault | undefined {
  const read = z.object({ Fault: faultBody }).safeParse(body);
  if (read.success) return faultOf(read.data.Fault);
  const gateway = z.object({ fault: gatewayFaultBody }).safeParse(body);
  if (!gateway.success) return undefined;
  const { error, type } = gateway.data.fault;
  return faultOf({ Error: error.map(({ code, message, detail }) => ({ code, Message: message, Detail: detail, element: null })), type });
}

/** All messages of a fault as one, with the code that says most. */
export function faultOf({ Error: errors, type }: z.output<typeof faultBody>): Fault {
  const words = [...new Set(errors.flatMap(({ Detail, Message }) => Detail || Message || []))].join(' ');
  return { code: errors[0]?.code ?? '', words: words.slice(0, LONGEST_WORDS), type: type ?? '' };
}

/** Whether a fault leaves open what became of the request. */
export function isStumble({ code, type, words }: Fault): boolean {
  return STUMBLES.has(code) || type === 'SystemFault' || /-30000|unexpected internal error/i.test(words);
}

/** A refusal inside a 200 is documented as possible: its type stands for the status it should have had. */
function effectiveStatus(status: number, fault: Fault | undefined): number {
  if (status !== 200 || fault === undefined) return status;
  if (/^authentication/i.test(fault.type)) return 401;
  if (/^authorization/i.test(fault.type)) return 403;
  return isStumble(fault) ? 500 : 400;
}

interface Details {
  status: number;
  vendorWords?: string;
  vendorCode?: string;
}

/** What the gateway says about a token quotes the token, so its words stay out. */
function detailsOf(status: number, fault: Fault | undefined): Omit<Details, 'status'> {
  if (fault === undefined) return {};
  const quotable = status !== 401 && status !== 403 && fault.words !== '';
  return { ...(fault.code !== '' && { vendorCode: fault.code }), ...(quotable && { vendorWords: fault.words }) };
}

function unauthorized(fault: Fault | undefined, details: Details): ConnectorError {
  if (fault?.code === '120') return disconnected(details);
  const sentence = `${LABEL} refused the connection's credentials. They are renewed on the next try; reconnect if it lasts.`;
  return new ConnectorError('unauthorized', sentence, details);
}

function disconnected(details: Details): ConnectorError {
  const sentence = `This company is no longer connected in ${LABEL}, or the person who connected it lost their role. Reconnect it.`;
  return new ConnectorError('grant_expired', sentence, details);
}

function subscriptionEnded(details: Details): ConnectorError {
  const permission = `An active subscription of the company. Renew it in ${LABEL}.`;
  return new ConnectorError('forbidden', `The company's ${LABEL} subscription has ended, so it takes no documents. Renew it there.`, {
    ...details,
    permission,
  });
}

function brokenServer(details: Details, writes: boolean): ConnectorError {
  const what = `${LABEL} had an internal error (status ${details.status})`;
  const retry = { ...details, retryAfterMs: RETRY_MS };
  if (!writes) return new ConnectorError('unavailable', `${what}. It will be tried again.`, retry);
  return new ConnectorError(
    'outcome_unknown',
    `${what}. It may have done what was asked; it will be looked up before anything is sent again.`,
    retry,
  );
}
