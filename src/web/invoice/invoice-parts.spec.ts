import { describe, expect, it } from 'vitest';
import type { FlagItem } from '../../billing/queries/invoice-detail.js';
import { changesView } from './history-presenter.js';
import { flagsView, lineGroups } from './lines-presenter.js';
import type { LineItem } from '../../billing/queries/invoice-lines.js';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const source = {
  connectionId: 'c',
  connector: 'psa',
  label: 'Harbor PSA',
  status: { name: 'New', closed: false },
  updatedAt: '2026-11-01T00:00:00Z',
};
const ticket = { kind: 'ticket', number: '48213', summary: 'Phones down' } as const;

function line(over: Partial<LineItem> & { key: string }): LineItem {
  return {
    kind: 'product',
    description: 'Firewall',
    quantity: '1',
    unitPrice: usd('640.00'),
    amount: usd('640.00'),
    taxable: true,
    billable: 'billable',
    ...over,
  };
}

const lines = [
  line({ key: 'product:1', marginPercent: '-11.3', cost: usd('712.40') }),
  line({ key: 'component:1', parentKey: 'product:1' }),
  line({
    key: 'time:1',
    kind: 'time',
    unit: 'hours',
    quantity: '1.5',
    workOrder: ticket,
    person: 'Mia',
    hours: { worked: '2', billed: '1.5', covered: '0.5' },
  }),
  line({ key: 'product:2', marginPercent: '12' }),
];
const flag = (over: Partial<FlagItem>): FlagItem => ({
  id: 'f',
  rule: 'r',
  severity: 'error',
  title: 'Below cost',
  message: 'It loses.',
  ...over,
});
const dismissed = { by: 'Mia', at: '2026-11-04T12:00:00Z' };

describe('lines', () => {
  const [loose, billed] = lineGroups({ lines, flags: [flag({ lineKey: 'product:1' })], source }, new Date('2026-11-04T12:00:00Z'), 'utc');

  it('stand under their ticket, and what is printed under another has no number', () => {
    expect(loose?.title).toBeUndefined();
    expect(billed?.title).toBe('Ticket #48213 · Phones down');
    expect(loose?.lines.map(({ position }) => position)).toEqual(['1', undefined, '3']);
  });

  it('say hours, cover and margin', () => {
    expect(billed?.lines[0]).toMatchObject({ quantity: '1.5 h', detail: 'Mia · 0.5 h covered by the agreement' });
    expect(loose?.lines[0]?.margin).toEqual({ text: '−11.3 %', tone: 'error' });
    expect(loose?.lines[2]?.margin).toEqual({ text: '12 %', tone: 'warning' });
  });

  it('carry their open flags only', () => {
    expect(loose?.lines[0]?.flags).toEqual([{ severityLabel: 'Error', title: 'Below cost', tone: 'error' }]);
    const [group] = lineGroups({ lines, flags: [flag({ lineKey: 'product:1', dismissed })], source }, new Date(), 'utc');
    expect(group?.lines[0]?.flags).toEqual([]);
  });
});

describe('flags', () => {
  const view = (flags: FlagItem[]) => flagsView({ id: 'i1', flags, lines, source });

  it('name the ticket for time and the line for everything else', () => {
    const { flags } = view([flag({ lineKey: 'product:1' }), flag({ lineKey: 'time:1' }), flag({ lineKey: 'component:1' }), flag({})]);
    expect(flags.map(({ where }) => where)).toEqual(['Line 1', '#48213', 'Line 1', undefined]);
  });

  it('ask once about open errors and warnings, not about hints or what is marked as OK', () => {
    const asked = view([flag({ lineKey: 'product:1' }), flag({ severity: 'info' }), flag({ severity: 'warning', dismissed })]);
    expect(asked.blockingFlags.map(({ title }) => title)).toEqual(['Below cost, line 1']);
    expect(asked).toMatchObject({ openFlags: 2, openFlagsTone: 'error' });
    expect(view([flag({ severity: 'warning', dismissed })])).toMatchObject({ openFlags: 0, blockingFlags: [] });
  });

  it('lead to the exact record at the source', () => {
    expect(view([flag({ link: 'https://psa.example/1' })]).flags[0]?.fix).toEqual({
      label: 'Fix in Harbor PSA',
      href: 'https://psa.example/1',
    });
  });
});

describe('what changed', () => {
  const told = (number: number, amount: string) => ({ number, at: '2026-11-03T00:00:00Z', total: usd(amount) });
  const changed = {
    before: told(1, '10.00'),
    after: told(2, '20.00'),
    changes: [{ kind: 'changed' as const, what: 'Total', path: 'total', before: usd('10.00'), after: usd('20.00') }],
  };

  it('says amounts in the reader’s currency', () => {
    const [own] = changesView({ because: 'since-previous', ...changed }, 'USD');
    const [foreign] = changesView({ because: 'since-previous', ...changed }, 'AUD');
    expect([own?.changes[0]?.after, foreign?.changes[0]?.after]).toEqual(['$20.00', '20.00 USD']);
  });

  it('says what it means for an approval and for the books', () => {
    const approval = { by: 'Mia', at: '2026-11-02T00:00:00Z' };
    expect(changesView({ because: 'since-approval', approval, ...changed }, 'USD')[0]?.consequence).toContain('approval of Mia has ended');
    expect(changesView({ because: 'after-posting', ...changed }, 'USD')[0]?.consequence).toContain('ledger keeps what was approved');
    expect(changesView(undefined, 'USD')).toEqual([]);
  });
});
