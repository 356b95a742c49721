import { Refusal } from '../../domain/refusal.js';
import { ForeignOrigin, PermissionMissing } from '../../identity/access-refused.js';
import type { Problem } from '../../platform/http/problem.js';
import type { PlainShellView, Link } from '../shell/shell-view.js';

/** What happened, what it means, what to do; never a stack, never a token. */
export interface ErrorPage {
  shell: PlainShellView;
  status: number;
  icon: string;
  title: string;
  text: string;
  action: Link;
  /** To quote to whoever runs this installation. */
  requestId?: string;
}

interface Words {
  icon: string;
  title: string;
  text: string;
  action: Link;
}

const BACK: Link = { label: 'Go to the inbox', href: '/invoices' };

const BY_STATUS: Readonly<Record<number, Words>> = {
  403: {
    icon: 'lock',
    title: 'You may not open this page',
    text: 'Your role in this company does not include it, or a limit set for you takes it away. An owner or admin can change both under Settings, Members.',
    action: BACK,
  },
  404: {
    icon: 'search-x',
    title: 'There is nothing at this address',
    text: 'The invoice or page was removed, belongs to another company, or the link is incomplete.',
    action: BACK,
  },
  409: {
    icon: 'git-compare-arrows',
    title: 'This changed while you were looking at it',
    text: 'Nothing was saved. Open it again to see its present state, then decide.',
    action: BACK,
  },
  413: {
    icon: 'file-warning',
    title: 'This is too large to be sent',
    text: 'Nothing was saved. Send a smaller file or fewer entries at once.',
    action: BACK,
  },
  421: {
    icon: 'unplug',
    title: 'This host is not set up for Countersign',
    text: 'Use its own address. If you did, tell whoever runs this installation.',
    action: BACK,
  },
  429: {
    icon: 'hourglass',
    title: 'Too many at once',
    text: 'Nothing was done. Wait a little, then try again.',
    action: BACK,
  },
  503: {
    icon: 'cloud-off',
    title: 'Countersign is starting or too busy',
    text: 'Nothing was lost. Wait a few seconds and load the page again.',
    action: { label: 'Load again', href: '' },
  },
};

const UNEXPECTED: Words = {
  icon: 'unplug',
  title: 'Countersign could not finish this',
  text: 'Something failed on our side and was logged. Nothing was sent to any other system. Try again; if it happens again, quote the number below.',
  action: BACK,
};

/** What was asked in a way that leads nowhere; the sentence under it says which. */
const NOT_DONE: Words = {
  icon: 'file-warning',
  title: 'This could not be done',
  text: 'Nothing was done. Go back, load the page again and repeat what you did.',
  action: BACK,
};

export function errorWords(status: number): Words {
  return BY_STATUS[status] ?? (status >= 400 && status < 500 ? NOT_DONE : UNEXPECTED);
}

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
