import { Refusal } from '../../domain/refusal.js';
import { ForeignOrigin, PermissionMissing } from '../../identity/access-refused.js';
import type { Problem } from '../../platform/http/problem.js';
import type { PlainShellView } from '../shell/shell-view.js';
import { errorWords, type ErrorPage } from './error-view.js';

/** Sentences that were written for the one who asked replace the general ones of their status. */
export function errorPage(error: unknown, problem: Problem, shell: Omit<PlainShellView, 'title'>): ErrorPage {
  const words = errorWords(problem.status);
  const own = (problem.status < 500 || error instanceof Refusal) && problem.status !== 404 && !(error instanceof PermissionMissing);
  const id = problem.instance?.replace('urn:uuid:', '');
  return {
    ...words,
    ...(own && { text: problem.detail }),
    ...(error instanceof ForeignOrigin && { title: 'Another site sent you here' }),
    status: problem.status,
    shell: { ...shell, title: words.title },
    ...(id !== undefined && { requestId: id }),
  };
}
