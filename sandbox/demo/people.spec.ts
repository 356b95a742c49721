import { expect, it } from 'vitest';
import { inviteStaff } from './people.js';

async function invitedFrom(html: string): Promise<string[]> {
  const invited: string[] = [];
  await inviteStaff({
    visit: () => Promise.resolve({ html, url: '', status: 200 }),
    post: (_path, form) => {
      if (!(form instanceof FormData)) invited.push(String(form['email']));
      return Promise.resolve({ html, url: '', status: 200 });
    },
  });
  return invited;
}

const row = (email: string) => `<table><tbody><tr><td>${email}</td></tr></tbody></table>`;

it('invites whom the PSA names already', async () => {
  const invited = await invitedFrom(`<section class="card" aria-labelledby="staff-head">${row('tom@lumen.example')}</section>`);
  expect(invited).toContain('tom@lumen.example');
});

it('invites nobody again', async () => {
  const waiting = `<section class="card">${row('tom@lumen.example')}</section>`;
  const invited = await invitedFrom(`<section class="card" aria-labelledby="staff-head">${row('mei@lumen.example')}</section>${waiting}`);
  expect(invited).not.toContain('tom@lumen.example');
  expect(invited).toContain('mei@lumen.example');
});
