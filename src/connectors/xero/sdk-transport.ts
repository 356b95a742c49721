import { transportFailure } from '../kit/http.js';
import { jsonOrText, SdkWire, type WireRules } from '../kit/sdk-wire.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';
import type { FailedAnswer } from './errors.js';

const wire = new SdkWire('xero-node');

/** A success, or a refusal that the caller judges. */
export type Judged = { ok: true; headers: FailedAnswer['headers']; value: unknown } | FailedAnswer;

export interface SdkRules extends WireRules {
  /** Whether the call asks Xero to change something. */
  writes: boolean;
}

/**
 * Runs one call of the SDK in bounds and answers what Xero said, as JSON. A refusal by status comes back as `FailedAnswer`.
 * @throws ConnectorError when no readable answer came.
 */
export async function callSdk(rules: SdkRules, work: () => Promise<unknown>): Promise<Judged> {
  const { writes } = rules;
  const heard = await wire.hear(rules, work);
  if ('failure' in heard) throw transportFailure(LABEL, { ...heard.failure, writes });
  const { status, headers, text } = heard.answer;
  if (status >= 300 && status < 400) throw unreadable(`${LABEL} answered with a redirect, which is not followed.`, writes, status);
  const body = jsonOrText(text);
  if (status >= 400) return { ok: false, status, headers, body };
  if (typeof body === 'string') throw unreadable(`${LABEL} answered with something that is not JSON (status ${status}).`, writes, status);
  return { ok: true, headers, value: body };
}

/** After a write it may have been done all the same. */
export function unreadable(sentence: string, writes: boolean, status = 200): ConnectorError {
  if (!writes) return new ConnectorError('unreadable', sentence, { status });
  return new ConnectorError('outcome_unknown', `${sentence} It may have done what was asked; it will be looked up first.`, { status });
}
