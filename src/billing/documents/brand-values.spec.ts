import { describe, expect, it } from 'vitest';
import { assertSums } from '../../domain/invoice-sums.js';
import type { BrandEntity } from './brand.entity.js';
import type { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { brandWith } from './brand-values.js';
import { documentBrand } from './document-brand.js';
import { sampleContent } from './sample-content.js';

const LOGO = Buffer.from('a picture');
const PLAIN = {
  tenantId: 't',
  version: 4,
  data: { sellerName: 'Northlight', accent: '#0f6b5c', phone: '555', locations: { '2': { taxId: '51' }, '3': { phone: '777' } } },
  logo: LOGO,
  logoType: 'image/png',
  updatedAt: new Date(0),
};
const ROW: BrandEntity = PLAIN;

describe('a brand with what somebody typed', () => {
  it('takes away what was emptied and keeps every location', () => {
    const { data } = brandWith(ROW, {
      details: { sellerName: ' Northlight IT ', accent: '#000000', phone: ' ', addressLines: ['', ' 1 Main St '] },
    });
    expect(data).toEqual({ sellerName: 'Northlight IT', accent: '#000000', addressLines: ['1 Main St'], locations: ROW.data.locations });
  });

  it('changes one location and leaves the rest alone; colour and logo are the same everywhere', () => {
    const wanted = brandWith(ROW, { location: '2', details: { taxId: '52', accent: '#ff0000' }, logo: null });
    expect(wanted).toEqual({
      logo: LOGO,
      logoType: 'image/png',
      data: { ...ROW.data, locations: { '2': { taxId: '52' }, '3': { phone: '777' } } },
    });
    expect(brandWith(ROW, { location: '3', details: {} }).data.locations).toEqual({ '2': { taxId: '51' } });
  });

  it('keeps, replaces or drops the logo', () => {
    const details = { sellerName: 'Northlight' };
    expect(brandWith(ROW, { details }).logo).toBe(LOGO);
    expect(brandWith(ROW, { details, logo: null })).toMatchObject({ logo: null, logoType: null });
    expect(brandWith({ ...PLAIN, logo: null, logoType: null }, { details, logo: { bytes: LOGO, type: 'image/jpeg' } }).logoType).toBe(
      'image/jpeg',
    );
  });

  it.each([
    [{ sellerName: '' }, 'sellerName'],
    [{ sellerName: 'x', accent: 'red' }, 'accent'],
    [{ sellerName: 'x', accent: '#fff;}body{' }, 'accent'],
  ])('refuses %j', (details, field) => {
    expect(() => brandWith(ROW, { details })).toThrow(expect.objectContaining({ kind: 'invalid', facts: { field } }));
  });
});

it.each(['USD', 'JPY', 'KWD'])('the sample adds up in %s', (currency) => {
  expect(() => assertSums(sampleContent('2026-11-02', currency))).not.toThrow();
});

describe('a stored picture', () => {
  const settings = { name: 'Northlight', locale: 'en-US', currency: 'USD' } as TenantSettingsEntity;
  const logoOf = (logo: Buffer, logoType: string) =>
    documentBrand({ ...PLAIN, logo, logoType }, settings, sampleContent('2026-11-02', 'USD'), '').logo;
  const head = (side: string) => Buffer.from(`89504e470d0a1a0a0000000d49484452${side}${side}08060000`, 'hex');

  it('is printed when it is one that our decoder may have written', () => {
    expect(logoOf(head('00000064'), 'image/png')).toMatch(/^data:image\/png;base64,/);
  });

  it.each([
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['a drawing that says it is none', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png'],
    ['more pixels than a page needs', head('0000ffff'), 'image/png'],
    ['no picture at all', Buffer.from([0, 255, 16]), 'image/png'],
  ])('is left out when it is %s', (_what, bytes, type) => {
    expect(logoOf(bytes, type)).toBeUndefined();
  });
});
