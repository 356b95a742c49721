import QuickBooksModule from 'node-quickbooks';
import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import { transportFailure } from '../kit/http.js';
import { boundAxiosOf, inBounds, type SdkBounds } from '../kit/sdk-bounds.js';
import { LABEL } from './descriptor.js';
import { firstFault, type FailedAnswer } from './errors.js';

/** The package's types describe a default export, at run time it is the constructor itself. */
const QuickBooks = QuickBooksModule as unknown as typeof QuickBooksModule.default;
export type Sdk = InstanceType<typeof QuickBooks>;

/** What every method of the SDK calls in the end; its own type promises another shape of error than it has. */
export type Done = (error: unknown, data?: unknown) => void;

/** A success, or a refusal that the caller judges. */
export type Judged = { ok: true; value: unknown } | FailedAnswer;

boundAxiosOf('node-quickbooks');

/** Reading needs the token only; the app's id and secret stay out of the SDK. */
export function sdkFor(apiUrl: string, realmId: string, accessToken: string): Sdk {
  const sdk = new QuickBooks('', '', accessToken, false, realmId, false, false, null, '2.0', null);
  sdk.endpoint = `${apiUrl}/v3/company/`;
  return sdk;
}

/**
 * Runs one reading call of the SDK in bounds. A refusal comes back as `FailedAnswer`, for the caller to judge.
 * @throws ConnectorError when no readable answer came.
 */
export async function callSdk(bounds: SdkBounds, sdk: Sdk, call: (sdk: Sdk, done: Done) => void): Promise<Judged> {
  const { error, data } = await inBounds(
    bounds,
    () =>
      new Promise<{ error: unknown; data: unknown }>((resolve) => {
        call(sdk, (failure, answer) => resolve({ error: failure, data: answer }));
      }),
  );
  return error === null || error === undefined ? judgeAnswer(data) : judgeFailure(error);
}

/** Half a JSON text comes through as text, not as an error. */
function judgeAnswer(data: unknown): Judged {
  if (typeof data === 'object' && data !== null) return { ok: true, value: data };
  throw new ConnectorError('unreadable', `${LABEL} answered with something that is not JSON (status 200).`, { status: 200 });
}

const failureShape = z.object({
  code: z.string().optional(),
  message: z.string().catch(''),
  response: z.object({ status: z.number(), data: z.unknown(), headers: z.unknown() }).optional(),
});

/**
 * An AxiosError, which carries the token and is left behind here; the plain body of a refusal inside a 200; or the SDK's
 * own stumbling over a body that is none.
 */
function judgeFailure(error: unknown): FailedAnswer {
  if (firstFault(error)) return { ok: false, status: 200, headers: {}, body: error };
  const { code, message, response } = failureShape.parse(error);
  if (!response) {
    if (error instanceof TypeError) throw new ConnectorError('unreadable', `${LABEL}'s answer cannot be read.`, { status: 200 });
    throw transportFailure(LABEL, { code, message, writes: false });
  }
  const { status, data } = response;
  if (status >= 300 && status < 400) {
    throw new ConnectorError('unreadable', `${LABEL} answered with a redirect, which is not followed.`, { status });
  }
  if (status < 300) throw transportFailure(LABEL, { code, message, writes: false });
  const headers = Object.fromEntries(Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { ok: false, status, headers, body: typeof data === 'string' ? parsed(data) : data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
