import { escapeHtml } from '../kit/server.js';
import type { SandboxPerson } from '../msp/people.js';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; color: #1f2933; background: #f5f7fa }
  button { display: block; width: 100%; margin: .5rem 0; padding: .6rem .9rem; font: inherit; text-align: left;
    color: inherit; background: #fff; border: 1px solid #9aa5b1; border-radius: 6px; cursor: pointer }
  button:hover, button:focus-visible { border-color: #1f2933 }
  small { display: block; color: #52606d }`;

/** One button per person; each repeats the app's request with that person chosen. */
export function signInPage(options: {
  title: string;
  people: readonly SandboxPerson[];
  request: Record<string, unknown>;
  cancel: string;
}): string {
  const repeated = Object.entries(options.request)
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
  const buttons = options.people
    .map(
      (person) =>
        `<button name="person" value="${escapeHtml(person.key)}">${escapeHtml(person.name)}` +
        `<small>${escapeHtml(person.email)}, ${escapeHtml(person.note)}</small></button>`,
    )
    .join('\n');
  return page(
    `${options.title} sign-in (sandbox)`,
    `<p>This stands in for ${escapeHtml(options.title)}. Nobody here is real and no password is asked. Sign in as:</p>
<form method="get">${repeated}
${buttons}
<button name="person" value="${escapeHtml(options.cancel)}">Cancel</button></form>`,
  );
}

export function refusalPage(title: string, reason: string): string {
  return page(`${title} cannot sign you in (sandbox)`, `<p>${escapeHtml(reason)}</p>`);
}

export function overviewPage(people: readonly SandboxPerson[], directories: ReadonlyMap<string, string>): string {
  const rows = people.map((person) => {
    const directory = person.microsoft ? `Microsoft: ${directories.get(person.microsoft.tid) ?? person.microsoft.tid}` : '';
    const google = person.google ? `Google: e-mail ${person.google.emailVerified ? 'verified' : 'not verified'}` : '';
    return `<p><strong>${escapeHtml(person.name)}</strong>
<small>${[person.email, person.note, directory, google].filter(Boolean).map(escapeHtml).join('<br>')}</small></p>`;
  });
  return page('People of the sandbox', `<p>Sign-in starts in the app; these people can be chosen there.</p>${rows.join('\n')}`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>
${body}</body></html>`;
}
