/** Longer than any sentence of ours; what a vendor or a driver adds beyond is not for a log. */
const LONGEST = 2_000;
const DEEPEST = 3;

export interface DescribedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: DescribedError;
}

/**
 * Of an error only these. Libraries hang requests, answers and rows on their errors, and with them tokens and what a client is
 * charged; so the rest is not filtered but never taken.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).slice(0, LONGEST) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    type: error.name,
    message: error.message.slice(0, LONGEST),
    ...(error.stack !== undefined && { stack: error.stack.slice(0, 2 * LONGEST) }),
    ...code,
    ...(error.cause !== undefined && depth < DEEPEST && { cause: describeError(error.cause, depth + 1) }),
  };
}
