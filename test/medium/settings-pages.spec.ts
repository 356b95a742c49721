/** Goal: what people set on the settings pages holds, is theirs to set, and is refused in words when it cannot be. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { CodeMappingEntity } from '../../src/connections/code-mapping.entity.js';
import { LocationEntity } from '../../src/connections/location.entity.js';
import { VendorCacheEntity } from '../../src/connections/vendor-cache.entity.js';
import { InvitationEntity } from '../../src/identity/membership.entity.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { BrandEntity } from '../../src/billing/documents/brand.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { pdfText } from '../support/pdf-text.js';
import { seedConnections, type SeededSource } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tx: TenantTransaction;
let tenantId: string;
let source: SeededSource;
let owner: PageVisitor;
let admin: PageVisitor;
let member: PageVisitor;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database));
  tx = app.get(TenantTransaction);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(async () => {
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  source = await seedConnections(app, tenantId);
  owner = await aVisitor(app, url, tenantId, 'owner');
  admin = await aVisitor(app, url, tenantId, 'admin');
  member = await aVisitor(app, url, tenantId, 'member');
});

const one = <T extends object>(row: new () => T) => tx.run(tenantId, () => tx.rows(row).findOneByOrFail({ tenantId } as never));
const events = () =>
  tx.run(tenantId, async () => (await tx.rows(AuditEventEntity).find({ order: { id: 'ASC' } })).map(({ action }) => action));

function brandForm(fields: Record<string, string>, logo?: Buffer): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ sellerName: 'Northlight IT', accent: '#0f6b5c', ...fields })) form.set(name, value);
  if (logo) form.set('logo', new Blob([new Uint8Array(logo)], { type: 'image/gif' }), 'logo.gif');
  return form;
}

it.each(['brand', 'members', 'statuses', 'codes', 'api-keys', 'general'])(
  '%s is shown to everybody and editable to whom it is theirs',
  async (page) => {
    const [mine, theirs] = [await owner('GET', `/settings/${page}`), await member('GET', `/settings/${page}`)];
    expect([mine.status, theirs.status]).toEqual([200, 200]);
    expect(mine.text).toContain(`action="/settings/${page}`);
    expect(theirs.text).toContain('You can look but not change');
    expect(theirs.text).not.toMatch(/<button class="button primary"/);
  },
);

it('nobody without the right gets anything through', async () => {
  const writes: [string, Record<string, string> | FormData][] = [
    ['/settings/brand', brandForm({})],
    ['/settings/brand/preview', brandForm({})],
    ['/settings/members/invitations', { email: 'a@b.example', role: 'member' }],
    ['/settings/members/01a1fc0f-e8c5-75f4-a7e1-1c826ee03a45/role', { role: 'owner' }],
    ['/settings/statuses', { approved: '1' }],
    ['/settings/codes', {}],
    ['/settings/api-keys', { name: 'x', role: 'member' }],
    ['/settings/general', { name: 'x' }],
  ];
  for (const [path, form] of writes) expect([path, (await member('POST', path, form)).status]).toEqual([path, 403]);
  expect((await admin('POST', '/settings/api-keys', { name: 'x', role: 'member' })).status).toBe(403);
  expect((await member('DELETE', '/settings/api-keys/01a1fc0f-e8c5-75f4-a7e1-1c826ee03a45')).status).toBe(403);
  expect((await one(BrandEntity)).version).toBe(1);
});

describe('the brand', () => {
  it('is saved with its picture, seen for what it is, and bumps the version once', async () => {
    const form = () => brandForm({ addressLines: '1 Main St\r\n\r\nTampa', phone: ' 555 ' }, PNG);
    const saved = await admin('POST', '/settings/brand', form());
    expect([saved.status, saved.location]).toEqual([303, '/settings/brand?saved=yes']);
    const row = await one(BrandEntity);
    expect(row).toMatchObject({ version: 2, logoType: 'image/png' });
    expect(row.data).toEqual({ sellerName: 'Northlight IT', accent: '#0f6b5c', addressLines: ['1 Main St', 'Tampa'], phone: '555' });
    await admin('POST', '/settings/brand', form());
    expect((await one(BrandEntity)).version).toBe(2);
    const logo = await member('GET', '/settings/brand/logo?v=2');
    // Not the bytes that came: the picture was decoded and written anew.
    expect(logo.bytes.equals(PNG)).toBe(false);
    expect(await sharp(logo.bytes).metadata()).toMatchObject({ format: 'png', width: 1, height: 1 });
    expect(logo.headers.get('content-type')).toBe('image/png');
    expect(logo.headers.get('content-security-policy')).toContain('sandbox');
    await admin('POST', '/settings/brand', brandForm({ removeLogo: 'yes' }));
    expect(await one(BrandEntity)).toMatchObject({ version: 3, logo: null, logoType: null });
    expect((await member('GET', '/settings/brand/logo')).status).toBe(404);
    expect((await events()).filter((action) => action === 'brand.changed')).toHaveLength(2);
  });

  it('of one location holds only what differs there', async () => {
    await admin('POST', '/settings/brand', brandForm({ phone: '555' }));
    const saved = await admin('POST', '/settings/brand', brandForm({ sellerName: '', taxId: '51', location: '1' }));
    expect(saved.location).toBe('/settings/brand?location=1&saved=yes');
    expect((await one(BrandEntity)).data).toMatchObject({ phone: '555', accent: '#0f6b5c', locations: { '1': { taxId: '51' } } });
    expect((await admin('GET', '/settings/brand?location=1')).text).toContain('placeholder="555"');
    expect((await admin('POST', '/settings/brand', brandForm({ location: '99' }))).status).toBe(404);
    await admin('POST', '/settings/brand', brandForm({ sellerName: '', location: '1' }));
    expect((await one(BrandEntity)).data.locations).toBeUndefined();
  });

  it.each([
    [brandForm({ accent: 'red' }), 'is not a colour'],
    [brandForm({ sellerName: ' ' }), 'needs the name of its sender'],
    [brandForm({}, Buffer.from('GIF89a')), 'not a PNG, JPEG or SVG'],
    [brandForm({}, Buffer.from('<svg><script>alert(1)</script></svg>')), 'holds a script'],
    [brandForm({}, Buffer.concat([PNG, Buffer.alloc(1_100_000)])), 'larger than 1 MB'],
    [brandForm({}, PNG.subarray(0, 50)), 'This picture is damaged'],
    [brandForm({}, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect></svg>')), 'This picture is damaged'],
    [brandForm({}, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><text>Lumen</text></svg>')), 'Turn the text into shapes'],
  ])('is refused in words, and what was typed stays (%#)', async (form, words) => {
    form.set('footer', 'Kept <footer>');
    const page = await admin('POST', '/settings/brand', form);
    expect(page.status).toBe(422);
    expect(page.text).toContain(words);
    expect(page.text).toContain('value="Kept &lt;footer&gt;"');
    expect((await one(BrandEntity)).version).toBe(1);
  });

  it('holds a drawing as the pixels that are printed', async () => {
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="1" height="1"/></svg>');
    await admin('POST', '/settings/brand', brandForm({}, drawing));
    const row = await one(BrandEntity);
    expect(row.logoType).toBe('image/png');
    expect(await sharp(row.logo ?? Buffer.alloc(0)).metadata()).toMatchObject({ format: 'png', width: 800, height: 400, hasAlpha: true });
  });

  it('is printed as a sample before anything is saved', async () => {
    const sample = await admin('POST', '/settings/brand/preview', brandForm({ sellerName: 'Unsaved & Sons', footer: 'Thanks' }, PNG));
    expect([sample.status, sample.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(await pdfText(sample.bytes)).toContain('Unsaved & Sons');
    expect((await one(BrandEntity)).version).toBe(1);
    expect((await admin('POST', '/settings/brand/preview', brandForm({ accent: 'red' }))).status).toBe(422);
  });
});

describe('general', () => {
  const GOOD = { name: 'Northlight Pty', timeZone: 'Australia/Melbourne', locale: 'en-AU', currency: 'aud' };

  it('is saved', async () => {
    const saved = await admin('POST', '/settings/general', GOOD);
    expect([saved.status, saved.location]).toEqual([303, '/settings/general?saved=yes']);
    expect(await one(TenantSettingsEntity)).toMatchObject({ ...GOOD, currency: 'AUD' });
    expect(await events()).toContain('company.changed');
  });

  it.each([
    [{ name: ' ' }, 'a name of 1 to'],
    [{ timeZone: 'Mars/Phobos' }, 'There is no time zone'],
    [{ currency: 'XYZ' }, 'is not a currency code'],
  ])('is refused in words: %j', async (wrong, words) => {
    const page = await admin('POST', '/settings/general', { ...GOOD, ...wrong });
    expect(page.status).toBe(422);
    expect(page.text).toContain(words);
    expect((await one(TenantSettingsEntity)).name).toBe('Northlight');
  });
});

describe('members', () => {
  async function aMember(role: 'member' | 'owner'): Promise<string> {
    const personId = await app.get(PersonRepository).create(role, new Date());
    const email = `${role}@a.example`;
    await tx.run(tenantId, () =>
      tx.rows(MembershipEntity).insert({ tenantId, personId, email, name: role, role, limits: {}, joinedAt: new Date() }),
    );
    return personId;
  }

  it('are invited, and the invitation withdrawn', async () => {
    expect((await admin('POST', '/settings/members/invitations', { email: 'Sam@A.example', role: 'member' })).location).toContain(
      'saved=yes',
    );
    const invitation = await one(InvitationEntity);
    expect(invitation).toMatchObject({ email: 'sam@a.example', role: 'member' });
    const gone = await admin('DELETE', `/settings/members/invitations/${invitation.id}`);
    expect([gone.status, gone.headers.get('hx-refresh')]).toEqual([200, 'true']);
    expect((await one(InvitationEntity)).withdrawnAt).not.toBeNull();
    expect((await admin('DELETE', `/settings/members/invitations/${invitation.id}`)).status).toBe(404);
  });

  it('cannot be invited wrongly, or above the own role', async () => {
    const wrong = await admin('POST', '/settings/members/invitations', { email: 'no address', role: 'member' });
    expect([wrong.status, wrong.text.includes('value="no address"')]).toEqual([422, true]);
    expect((await admin('POST', '/settings/members/invitations', { email: 'a@b.example', role: 'owner' })).status).toBe(403);
    expect((await admin('POST', '/settings/members/invitations', { email: 'a@b.example', role: 'king' })).status).toBe(422);
  });

  it('get roles from owners, and one owner stays', async () => {
    const person = [await aMember('member'), await aMember('owner')] as const;
    const roleOf = (id: string) =>
      tx.run(tenantId, async () => (await tx.rows(MembershipEntity).findOneBy({ tenantId, personId: id }))?.role);
    expect((await admin('POST', `/settings/members/${person[0]}/role`, { role: 'admin' })).status).toBe(403);
    expect((await owner('POST', `/settings/members/${person[0]}/role`, { role: 'admin' })).status).toBe(303);
    expect(await roleOf(person[0])).toBe('admin');
    const last = await owner('POST', `/settings/members/${person[1]}/role`, { role: 'member' });
    expect([last.status, last.text.includes('the last owner')]).toEqual([409, true]);
    expect((await owner('DELETE', `/settings/members/${person[0]}`)).headers.get('hx-refresh')).toBe('true');
    expect(await roleOf(person[0])).toBeUndefined();
  });
});

describe('API keys', () => {
  it('are shown once, work, and are revoked', async () => {
    const made = await owner('POST', '/settings/api-keys', { name: 'Script <1>', role: 'member' });
    const secret = /id="new-key">(cs_[\w-]+)</.exec(made.text)?.[1] ?? '';
    expect(made.headers.get('cache-control')).toContain('no-store');
    const key = await app.get(ApiKeys).resolve(secret);
    expect(key).toMatchObject({ tenantId, role: 'member' });
    expect((await owner('GET', '/settings/api-keys')).text).not.toContain(secret);
    expect((await owner('DELETE', `/settings/api-keys/${key?.apiKeyId}`)).headers.get('hx-refresh')).toBe('true');
    expect(await app.get(ApiKeys).resolve(secret)).toBeUndefined();
  });

  it('need a name', async () => {
    expect((await owner('POST', '/settings/api-keys', { name: '  ', role: 'member' })).status).toBe(422);
  });
});

describe('mappings', () => {
  it('of statuses: only what may be written', async () => {
    const status = (externalId: string, name: string, sent = false) => ({ externalId, name, sent, closed: false, inactive: false });
    await tx.run(tenantId, () =>
      tx.rows(VendorCacheEntity).insert({
        tenantId,
        connectionId: source.connectionId,
        kind: 'statuses',
        payload: [status('1', 'Ready'), status('2', 'Sent', true)],
        fetchedAt: new Date(),
      }),
    );
    expect((await admin('GET', '/settings/statuses')).text).not.toContain('>Sent<');
    expect((await admin('POST', '/settings/statuses', { approved: '1' })).status).toBe(303);
    expect(await one(CodeMappingEntity)).toMatchObject({ kind: 'status', key: 'approved', code: '1' });
    const refused = await admin('POST', '/settings/statuses', { approved: '2' });
    expect([refused.status, refused.text.includes('marks invoices as sent')]).toEqual([422, true]);
    expect((await admin('POST', '/settings/statuses', { approved: '' })).status).toBe(303);
    expect(await tx.run(tenantId, () => tx.rows(CodeMappingEntity).countBy({ tenantId }))).toBe(0);
  });

  it('of locations: to a ledger or to none', async () => {
    const field = `location.${source.connectionId}.1`;
    expect((await admin('POST', '/settings/codes', { [field]: '' })).status).toBe(303);
    expect((await one(LocationEntity)).ledgerConnectionId).toBeNull();
    expect((await admin('POST', '/settings/codes', { [field]: source.connectionId })).status).toBe(422);
    expect((await admin('POST', '/settings/codes', { [field]: 'nonsense' })).status).toBe(422);
    expect((await one(LocationEntity)).ledgerConnectionId).toBeNull();
    await admin('POST', '/settings/codes', { [field]: source.ledgerId });
    expect((await one(LocationEntity)).ledgerConnectionId).toBe(source.ledgerId);
  });
});
