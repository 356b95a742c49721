/** Goal: whoever changes something leaves a trace. Every unsafe handler comes to the audit log, or stands here with the reason why not. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { callsIn, isAudited } from './house/audited.js';
import { handlersIn } from './house/handlers.js';
import { isTestCode, typescriptIn } from './house/source-files.js';

const SAFE = /^(GET|HEAD|OPTIONS) /;

const WITHOUT: Readonly<Record<string, string>> = {
  'BrandController.showSample': 'draws a sample of what is typed and keeps nothing',
  'ConfirmController.mail': 'sends a code to the person’s own address; what it confirms is noted',
  'IdentityLinkController.begin': 'leads to a provider; the way of signing in that comes of it is noted',
  'InvitationController.open': 'keeps the secret of a link in the browser’s own sealed cookie; coming in with it is noted',
  'MemberController.customers': 'finds customers by their names for a form and keeps nothing',
  'PasskeyController.ask': 'asks what a passkey is to sign; the answer is noted',
  'PasskeyController.offer': 'likewise, for a new one',
  'SignInController.ask': 'somebody nobody knows yet asks for a code; coming in with it is noted',
  'SupportLinkController.open': 'keeps the secret of a link in the browser’s own sealed cookie; coming in with it is noted',
  'WebhooksController.forApp': 'a vendor’s hint that something changed; what is read then is noted',
  'WebhooksController.forConnection': 'a vendor’s hint that something changed; what is read then is noted',
};

const sources = typescriptIn('src').filter(({ path }) => !isTestCode(path));
const calls = callsIn(sources);

async function unsafeHandlers(): Promise<string[]> {
  const controllers = sources.filter(({ text }) => /@(?:Controller|PageController|ApiResource)\(/.test(text));
  const modules = await Promise.all(controllers.map(({ path }) => import(pathToFileURL(resolve(path)).href) as Promise<object>));
  return modules
    .flatMap(handlersIn)
    .filter(({ routes }) => routes.some((route) => !SAFE.test(route)))
    .map(({ name }) => name);
}

describe('a handler that changes something', () => {
  it('comes to the audit log, or says why it need not', async () => {
    const handlers = await unsafeHandlers();
    expect(handlers.length).toBeGreaterThan(50);
    expect(handlers.filter((name) => !isAudited(calls, name)).toSorted()).toEqual(Object.keys(WITHOUT).toSorted());
  });

  const written = (body: string) =>
    callsIn([
      {
        path: 'src/a.ts',
        text: `class Desk { constructor(private readonly audit: AuditLog, private readonly other: Other) {} ${body} }
      class Other { constructor(private readonly log: AuditLog) {} async note() { await run(async () => { await this.log.record(); }); } }
      class AuditLog { record() { this.loop(); } loop() { this.loop(); } }
      function help() { return 1; }`,
      },
    ]);

  it.each([
    ['act() { this.audit.record(); }', true],
    ['act() { return this.more(); } async more() { await this.other.note(); }', true],
    ['act() { this.act(); help(); }', false],
    ['act() { this.other.nothing(); }', false],
    ['act() { record(); this.audit; }', false],
    ['act() {}', false],
  ])('is judged by what it calls: %s', (body, audited) => {
    expect(isAudited(written(body), 'Desk.act')).toBe(audited);
  });
});
