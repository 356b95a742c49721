import { describe, expect, it } from 'vitest';
import { assertSums } from '../../domain/invoice-sums.js';
import type { BrandEntity } from './brand.entity.js';
import { brandWith } from './brand-values.js';
import { sampleContent } from './sample-content.js';

const LOGO = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
const PLAIN = {
  tenantId: 't',
  version: 4,
  data: { sellerName: 'Northlight', accent: '#0f6b5c', phone: '555', locations: { '2': { taxId: '51' }, '3': { phone: '777' } } },
  logo: LOGO,
  logoType: 'image/svg+xml',
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
      logoType: 'image/svg+xml',
      data: { ...ROW.data, locations: { '2': { taxId: '52' }, '3': { phone: '777' } } },
    });
    expect(brandWith(ROW, { location: '3', details: {} }).data.locations).toEqual({ '2': { taxId: '51' } });
  });

  it('keeps, replaces or drops the logo', () => {
    const details = { sellerName: 'Northlight' };
    expect(brandWith(ROW, { details }).logo).toBe(LOGO);
    expect(brandWith(ROW, { details, logo: null })).toMatchObject({ logo: null, logoType: null });
    expect(brandWith({ ...PLAIN, logo: null, logoType: null }, { details, logo: LOGO }).logoType).toBe('image/svg+xml');
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
