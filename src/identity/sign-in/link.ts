import { z } from 'zod';

/**
 * A secret in a path or a query is written down by every proxy and browser on its way. What stands behind the `#` of an address
 * stays in the browser: the page it opens (assets/scripts/link.js) sends it in the body of a form.
 */
export type LinkUse = 'invitation' | 'support';

export function linkOf(publicUrl: string, use: LinkUse, secret: string): string {
  return `${publicUrl}/sign-in/${use}#${secret}`;
}

const linkForm = z.object({ code: z.string().max(2_000).default('') });

/**
 * The form that brings a link's secret: `POST /sign-in/<use>/link` with the field `code`, which holds the secret or, from somebody
 * who pastes, the whole link. The answer leads to `/sign-in/<use>`, and the browser's sealed cookie knows the secret from then on.
 * @returns '' for a form without one
 */
export function codeOfLink(body: unknown): string {
  const typed = linkForm.safeParse(body ?? {}).data?.code ?? '';
  return typed.slice(typed.lastIndexOf('#') + 1).trim();
}
