import { MSP } from '../msp/msp.js';
import { escapeHtml } from '../kit/server.js';
import type { AuthorizeRequest } from './oauth.js';

const STYLE =
  'body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1.25rem;margin-right:.5rem}';

/** What the owner of the books sees before the app may use them: two plain buttons, no script. */
export function authorizePage(wanted: AuthorizeRequest): string {
  const hidden = Object.entries(wanted).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return page(
    'Connect to QuickBooks (sandbox)',
    `<p>An app asks to use the books of <strong>${escapeHtml(MSP.offices.us.legalName)}</strong>.</p>
<p>It will be sent back to ${escapeHtml(new URL(wanted.redirect_uri).origin)}.</p>
<form method="post" action="/connect/oauth2">${hidden.join('')}
<button type="submit" name="decision" value="connect">Connect</button>
<button type="submit" name="decision" value="cancel">Cancel</button></form>`,
  );
}

export function authorizeProblemPage(problem: string): string {
  return page('QuickBooks (sandbox) cannot connect this app', `<p>${escapeHtml(problem)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head><body>
<h1>${title}</h1>${body}</body></html>`;
}
