import { expect, it } from 'vitest';
import { Refusal } from '../../domain/refusal.js';
import { PermissionMissing } from '../../identity/access-refused.js';
import { problemOf } from '../../platform/http/problem.js';
import { errorPage } from './error-presenter.js';

const page = (error: unknown) => errorPage(error, problemOf(error), { theme: 'auto' });

it('tells a refusal in its own words', () => {
  expect(page(new Refusal('conflict', 'The run has ended already.'))).toMatchObject({ status: 409, text: 'The run has ended already.' });
});

it('says what a role lacks, and who can change it', () => {
  const shown = page(new PermissionMissing());
  expect(shown.status).toBe(403);
  expect(shown.text).toContain('An owner or admin can change both under Settings, Members');
});

it('never shows a fault of ours, only its number', () => {
  const shown = page(new Error('password of the database is hunter2'));
  expect(shown.status).toBe(500);
  expect(JSON.stringify(shown)).not.toMatch(/hunter2|at .*\.ts/);
  expect(shown.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

it('says the same about what is gone and what is another company’s', () => {
  expect(page(new Refusal('not_found', 'This invoice does not exist.')).text).toContain('belongs to another company');
});
