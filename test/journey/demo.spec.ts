/**
 * Goal: a first start gives a sandbox that is ready to be tried, made on the app's own pages by its invented owner; its vendors
 * call the app when something changes; and it says where to begin as its last words. The real launcher, nothing replaced.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Browser } from '../../sandbox/demo/browser.js';
import { signIn } from '../../sandbox/demo/people.js';
import { launchStart, untilReady, type Launched } from '../support/launched.js';

const demoFile = z.object({
  url: z.string(),
  tenantId: z.string(),
  apiKeys: z.object({ owner: z.string(), admin: z.string(), member: z.string(), readonly: z.string() }),
  sandbox: z.record(z.string(), z.string()),
});
const connections = z.object({
  items: z.array(
    z.object({
      connector: z.string(),
      state: z.string(),
      posting: z.object({ mode: z.string(), goLiveDate: z.string() }).optional(),
      locations: z.array(z.object({ name: z.string(), ledgerConnectionId: z.string().optional() })),
      lastRun: z.object({ requestedBy: z.string() }).optional(),
      running: z.object({ requestedBy: z.string() }).optional(),
    }),
  ),
});

const dataDir = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
let launched: Launched;
let demo: z.infer<typeof demoFile>;

async function start(): Promise<void> {
  launched = launchStart({ DATA_DIR: dataDir });
  await untilReady(launched);
  demo = demoFile.parse(JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')));
}

beforeAll(start, 180_000);
afterAll(async () => {
  await launched.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function linked() {
  const answer = await fetch(`${demo.url}/api/v1/connections`, { headers: { Authorization: `Bearer ${demo.apiKeys.owner}` } });
  const { items } = connections.parse(await answer.json());
  return items;
}

it('ends its first start with the address and who to sign in as, and nothing that alarms', () => {
  const lines = launched.output().trim().split('\n');
  expect(lines.slice(-2)).toEqual([
    `Countersign is ready: ${demo.url}`,
    'Sign in as owner@lumen.example, with Google, Microsoft or an e-mail code.',
  ]);
  expect(launched.output()).not.toMatch(/FATAL|ERROR/);
  expect(launched.output()).not.toMatch(/ request /);
});

it('connects the three vendors, maps each office to its ledger, and posts from the first day of its data', async () => {
  const items = await linked();
  expect(items.map(({ connector, state }) => [connector, state])).toEqual(
    expect.arrayContaining([
      ['connectwise', 'connected'],
      ['quickbooks', 'connected'],
      ['xero', 'connected'],
    ]),
  );
  for (const { posting } of items.filter(({ connector }) => connector !== 'connectwise'))
    expect(posting).toEqual({ mode: 'live', goLiveDate: '2026-08-01' });
  const offices = items.find(({ connector }) => connector === 'connectwise')?.locations ?? [];
  expect(offices.filter(({ ledgerConnectionId }) => ledgerConnectionId !== undefined).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Tampa Office', 'Melbourne Office']),
  );
});

it('lets its owner in by every button, and limits who is to be limited', async () => {
  const owner = new Browser(demo.url);
  await signIn(owner, 'owner');
  const { html } = await owner.visit('/settings/members');
  expect(html).toMatch(/Olivia Marsh/);
  expect(html).toMatch(/callum@lumen\.example[\s\S]*no costs · approves up to 1000 AUD · 1 location/);
  for (const address of ['jane@lumen.example', 'dana@lumen.example', 'tom@lumen.example']) expect(html).toContain(address);
  for (const provider of ['microsoft', 'oidc']) {
    const another = new Browser(demo.url);
    await another.press(await another.visit(`/sign-in/${provider}`), 'owner');
    expect((await another.visit('/settings/api-keys')).html).toContain('Sandbox readonly');
  }
});

it('is told by Xero what changes there, with the key that only the two of them know', async () => {
  const xero = demo.sandbox['xero'] ?? '';
  const control = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${xero}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return await answer.json();
  };
  expect(await control('/webhooks', { intentToReceive: true })).toMatchObject([
    { status: 200, signed: 'rightly' },
    { status: 401, signed: 'wrongly' },
    { status: 200, signed: 'rightly' },
    { status: 401, signed: 'wrongly' },
  ]);
  await control('/payments', { number: 'OLD-001', amount: '1.00', date: '2026-08-15' });
  const asked = async () => {
    const ledger = (await linked()).find(({ connector }) => connector === 'xero');
    return [ledger?.running?.requestedBy, ledger?.lastRun?.requestedBy];
  };
  await expect.poll(asked, { timeout: 30_000, interval: 100 }).toContain('A change at the vendor');
});

it('finds all of it again at the next start, and makes nothing twice', async () => {
  const before = demo;
  await launched.stop();
  await start();
  expect({ ...demo, url: '' }).toEqual({ ...before, url: '' });
  expect(await linked()).toHaveLength(3);
}, 120_000);
