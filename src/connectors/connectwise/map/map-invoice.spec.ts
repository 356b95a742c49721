import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../domain/content-hash.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import { mapInvoice } from './map-invoice.js';
import { contentOf, header, lineOf, mapped, problemOf, samplePayload, timeRow, type SamplePayload } from './payload.fixture.js';

describe('an invoice', () => {
  it('reads as the client sees it', () => {
    expect(contentOf()).toMatchObject({
      number: '1201',
      type: 'standard',
      typeLabel: 'Standard',
      date: '2026-06-30',
      dueDate: '2026-07-30',
      terms: 'Net 30',
      purchaseOrder: 'PO-7781',
      reference: 'Server rebuild',
      currency: 'USD',
      subtotal: '660.50',
      tax: '19.80',
      total: '680.30',
      customer: { name: 'Northwind Dental Group', attention: 'Dana Fields', accountNumber: 'NWD001' },
      taxes: [
        { label: 'State 6%', code: 'FL-Hillsborough', rate: '6', amount: '14.40' },
        { label: 'County 2.25%', code: 'FL-Hillsborough', rate: '2.25', amount: '5.40' },
      ],
    });
    expect(contentOf().shipTo).toBeUndefined();
    expect(contentOf().customer).not.toHaveProperty('taxId');
  });

  it('keeps beside the charge what may change without a revision', () => {
    const { context } = mapped();
    expect(context).toMatchObject({
      externalId: '5201',
      customerExternalId: '250',
      status: { externalId: '1', name: 'New', closed: false },
      location: { externalId: '2', name: 'Tampa Office' },
      hasTaxCode: true,
      taxableCustomer: true,
      recipientEmail: 'ap@northwinddental.example',
      paid: '100.00',
      balance: '580.30',
      updatedAt: '2026-07-01T14:02:11Z',
    });
    expect(context.routing.map(({ email }) => email)).toEqual(['jane@msp.example', 'mo@msp.example']);
    expect(context.link).toMatch(/^https:\/\/na\.myconnectwise\.net\/.*recordType=InvoiceFv&recid=5201$/);
    expect(context.lineFacts['product:33107']).toMatchObject({ cost: '169', targetId: 'product:33107' });
    expect(context.lineFacts['time:90511']).toMatchObject({
      targetId: 'ticket:48213',
      link: expect.stringContaining('ServiceFv&recid=48213'),
    });
  });

  it('hashes the same after our own status write, a payment, another reviewer', () => {
    const before = contentHash(contentOf());
    const after = contentOf((payload) => {
      header(payload, {
        status: { id: 6, name: 'Closed', isClosed: true },
        payments: 680.3,
        balance: 0,
        _info: { lastUpdated: '2026-08-01T00:00:00Z' },
      });
      payload.routing = [];
    });
    expect(contentHash(after)).toBe(before);
    expect(contentHash(contentOf((payload) => void (payload.time[0] = timeRow(90511, { notes: 'Other' }))))).not.toBe(before);
  });

  it('has the days that are written, wherever this runs', () => {
    const days = contentOf();
    expect([days.date, lineOf('time:90511', days).date, lineOf('expense:7710', days).date]).toEqual([
      '2026-06-30',
      '2026-06-18',
      '2026-06-18',
    ]);
  });

  it('means the same by nothing, null, empty text and {}', () => {
    const full = contentOf((payload) => {
      header(payload, { customerPO: undefined, reference: undefined });
      payload.time[0] = timeRow(90511, { workRole: undefined });
    });
    const hollow = contentOf((payload) => {
      header(payload, { customerPO: '  ', reference: null, project: {}, phase: { _info: {} }, salesOrder: null, brandNew: [1] });
      payload.time[0] = timeRow(90511, { workRole: {}, agreement: {}, project: null });
    });
    expect(contentHash(hollow)).toBe(contentHash(full));
  });

  it('prints another delivery address, and another name', () => {
    expect(contentOf((payload) => void header(payload, { shippingSiteCity: 'Largo' })).shipTo).toMatchObject({
      name: 'Northwind Dental Group',
      address: { city: 'Largo' },
    });
    expect(contentOf((payload) => void header(payload, { shipToCompany: { id: 9, name: 'Branch' } })).shipTo).toMatchObject({
      name: 'Branch',
    });
  });

  it('is billed to whoever pays, and falls back to the company’s own address', () => {
    const payload = samplePayload();
    header(payload, { billToCompany: { id: 300, name: 'Holding' }, billingSiteAddressLine1: '', billingSiteCity: null });
    for (const name of ['State', 'Zip', 'Country']) delete payload.invoice[`billingSite${name}`];
    payload.company = { ...payload.company, id: 300, name: 'Holding', taxIdentifier: '51 824 753 556' };
    const { invoice, customer } = mapInvoice(payload);
    expect(invoice.content.customer).toMatchObject({
      name: 'Holding',
      taxId: '51 824 753 556',
      address: { lines: ['12 Harbor St'], city: 'Tampa' },
    });
    expect(customer).toMatchObject({ externalId: '300', name: 'Holding', email: 'ap@northwinddental.example', deleted: false });
  });

  it('knows a company that is gone', () => {
    const payload = samplePayload();
    delete payload.company;
    expect(mapInvoice(payload).customer).toMatchObject({
      externalId: '250',
      name: 'Northwind Dental Group',
      deleted: true,
      address: { city: 'Tampa' },
    });
  });
});

describe('a record that cannot be understood', () => {
  it.each<[string, (payload: SamplePayload) => void, string]>([
    ['no currency', (payload) => void header(payload, { currency: {} }), 'invoice.currency'],
    ['no date', (payload) => void header(payload, { date: null }), 'invoice.date'],
    ['a date that is none', (payload) => void header(payload, { dueDate: '2026-02-30T00:00:00Z' }), 'invoice.dueDate'],
    ['no company', (payload) => void header(payload, { company: {}, billToCompany: null }), 'invoice.company'],
    ['text for an amount', (payload) => void (payload.time[0] = timeRow(1, { hourlyRate: 'much' })), 'time.0.hourlyRate'],
    ['no lines at all', (payload) => void Reflect.deleteProperty(payload, 'products'), 'products'],
    ['another version', (payload) => void Object.assign(payload, { version: 2 }), 'version'],
  ])('says where: %s', (_what, change, field) => {
    const found = problemOf(change);
    expect(found.field).toBe(field);
    expect(found.message.length).toBeGreaterThan(20);
  });

  it.each([undefined, null, 'text', [], {}])('is set aside, whatever it is: %j', (payload) => {
    expect(() => mapInvoice(payload)).toThrow(MappingProblem);
  });

  it('takes numbers that come as text', () => {
    expect(
      lineOf(
        'time:1',
        contentOf((payload) => void (payload.time = [timeRow(1, { hourlyRate: '150.00', extendedInvoiceAmount: '375.0' })])),
      ).amount,
    ).toBe('375.00');
  });
});
