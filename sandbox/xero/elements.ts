import type { Request } from 'express';
import { z } from 'zod';
import { badPostData, notModelled, validationFailed } from './problem.js';
import type { Query } from './query.js';

/** What became of one element of a write. */
export interface Outcome {
  /** The element as the answer shows it. */
  view: Record<string, unknown>;
  errors: readonly string[];
  warnings?: readonly string[];
}

/**
 * Each element stands for itself: good ones are saved whatever becomes of the others. With `summarizeErrors=false` the
 * answer is 200 with a verdict on every element; otherwise one bad element makes it a 400 that shows only the bad ones.
 * (Whether the real one saves the good siblings in that case is not known; the sandbox does, because it is the harsher.)
 */
export function runElements<T>(query: Query, elements: readonly T[], save: (element: T) => Outcome): Record<string, unknown>[] {
  const outcomes = elements.map(save);
  const failed = outcomes.filter((outcome) => outcome.errors.length > 0);
  const summarise = query.flag('summarizeErrors', true);
  if (summarise && failed.length > 0) throw validationFailed(failed.map((outcome) => withMessages(outcome)));
  return outcomes.map((outcome) => (summarise ? outcome.view : { ...withMessages(outcome), StatusAttributeString: verdict(outcome) }));
}

function verdict(outcome: Outcome): 'OK' | 'WARNING' | 'ERROR' {
  if (outcome.errors.length > 0) return 'ERROR';
  return outcome.warnings?.length ? 'WARNING' : 'OK';
}

function withMessages(outcome: Outcome): Record<string, unknown> {
  const messages = (texts: readonly string[]) => texts.map((text) => ({ Message: text }));
  return {
    ...outcome.view,
    ...(outcome.errors.length > 0 && { ValidationErrors: messages(outcome.errors) }),
    ...(outcome.warnings?.length && { Warnings: messages(outcome.warnings) }),
  };
}

/** Reads one element; a field that the sandbox does not model is refused loudly, a wrong type as the vendor does. */
export function readElement<S extends z.ZodType>(schema: S, element: unknown, request: Request): z.output<S> {
  const read = schema.safeParse(element);
  if (read.success) return read.data;
  const unknown = read.error.issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown) {
    const path = [...unknown.path, unknown.keys.join(', ')].join('.');
    throw notModelled(`the field ${path} in ${request.method} ${request.path}`);
  }
  throw badPostData(z.prettifyError(read.error));
}
