import QuickBooksModule from 'node-quickbooks';
import { ConnectorError } from '../../ports/connector-error.js';
import { transportFailure } from '../kit/http.js';
import { jsonOrText, SdkWire, type WireRules } from '../kit/sdk-wire.js';
import { LABEL } from './descriptor.js';
import { firstFault, type FailedAnswer } from './errors.js';

/** The package's types describe a default export, at run time it is the constructor itself. */
const QuickBooks = QuickBooksModule as unknown as typeof QuickBooksModule.default;
export type Sdk = InstanceType<typeof QuickBooks>;

/** What every method of the SDK calls in the end; what it hands over is not looked at. */
type Done = () => void;

/** One method of the SDK with its arguments. */
export type SdkWork = (sdk: Sdk, done: Done) => void;

/** A success, or a refusal that the caller judges. */
export type Judged = { ok: true; value: unknown } | FailedAnswer;

const wire = new SdkWire('node-quickbooks');

/** A call needs the token only; the app's id and secret stay out of the SDK. */
export function sdkFor(apiUrl: string, realmId: string, accessToken: string): Sdk {
  const sdk = new QuickBooks('', '', accessToken, false, realmId, false, false, null, '2.0', null);
  sdk.endpoint = `${apiUrl}/v3/company/`;
  return sdk;
}

export interface SdkRules extends WireRules {
  /** Whether the call asks QuickBooks to change something. */
  writes: boolean;
}

/**
 * Runs one call of the SDK in bounds and answers what QuickBooks said, as JSON. A refusal by status, or by a fault inside a
 * 200, comes back as `FailedAnswer`. @throws ConnectorError when no readable answer came.
 */
export async function callSdk(rules: SdkRules, sdk: Sdk, work: SdkWork): Promise<Judged> {
  const { writes } = rules;
  const heard = await wire.hear(rules, () => new Promise<void>((resolve) => work(sdk, () => resolve())));
  if ('failure' in heard) throw transportFailure(LABEL, { ...heard.failure, writes });
  const { status, headers, text } = heard.answer;
  if (status >= 300 && status < 400) throw unreadable(`${LABEL} answered with a redirect, which is not followed.`, status, writes);
  const body = jsonOrText(text);
  if (status >= 400) return { ok: false, status, headers, body };
  if (typeof body === 'string') throw unreadable(`${LABEL} answered with something that is not JSON (status ${status}).`, status, writes);
  return firstFault(body) ? { ok: false, status, headers, body } : { ok: true, value: body };
}

/** After a write it may have been done all the same. */
function unreadable(sentence: string, status: number, writes: boolean): ConnectorError {
  if (!writes) return new ConnectorError('unreadable', sentence, { status });
  return new ConnectorError('outcome_unknown', `${sentence} It may have done what was asked; it will be looked up first.`, { status });
}
