import type { INestApplicationContext } from '@nestjs/common';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { CheckJob } from '../../src/billing/review/check.job.js';
import { addDays } from '../../src/domain/civil-date.js';
import type { Customer } from '../../src/domain/customer.js';
import type { InvoiceContent, InvoiceContext, LineFacts, SourceInvoice } from '../../src/domain/invoice.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import type { MapInvoice } from '../../src/ports/billing-source.js';
import { VendorRecordRepository } from '../../src/billing/invoices/vendor-record.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { aCustomer, aLine, anInvoice, aTax, aTicket, aTimeEntry } from './invoices.js';

export interface SeededSource {
  tenantId: string;
  /** The PSA's connection. */
  connectionId: string;
  /** Where its one location posts. */
  ledgerId: string;
}

/** What a seeded raw record holds: the mapping of these tests only takes it out again. */
export interface SeedRecord {
  invoice: SourceInvoice;
  customer: Customer;
}

export const mapSeed: MapInvoice = (payload) => payload as SeedRecord;

const LOCATION = { externalId: '1', name: 'Tampa' };
const CUSTOMERS = [
  'Harborview Dental Group',
  'Kite & Co',
  'Maple Street Animal Hospital',
  'O’Brien “Quick” Logistics',
  'Ωmega Research <AU>',
  'Café Métropole',
];
const TYPES = [
  ['agreement', 'Agreement'],
  ['standard', 'Standard'],
  ['miscellaneous', 'Miscellaneous'],
  ['progress', 'Progress'],
] as const;

/** A PSA and a ledger without an account behind them, and the location that joins them. */
export async function seedConnections(
  module: INestApplicationContext,
  tenantId: string,
  ledger: 'quickbooks' | 'xero' = 'xero',
): Promise<SeededSource> {
  const tx = module.get(TenantTransaction);
  const [connectionId, ledgerId] = [uuidv7(), uuidv7()];
  await tx.run(tenantId, async () => {
    const insert = `insert into connection (tenant_id, id, connector, external_account_id, label, state, sealed_credentials, posting_mode, go_live_date, created_at)
                    values ($1, $2, $3, $4, $5, 'connected', 'sealed', $6, $7, $8)`;
    await tx.execute(insert, [
      tenantId,
      connectionId,
      'connectwise',
      'northlight',
      'Northlight IT',
      'preview',
      null,
      '2026-11-01T08:00:00Z',
    ]);
    await tx.execute(insert, [tenantId, ledgerId, ledger, 'org-1', 'Northlight books', 'live', '2026-01-01', '2026-11-01T09:00:00Z']);
    await tx.execute(
      'insert into location (tenant_id, source_connection_id, external_id, name, ledger_connection_id) values ($1, $2, $3, $4, $5)',
      [tenantId, connectionId, LOCATION.externalId, LOCATION.name, ledgerId],
    );
  });
  return { tenantId, connectionId, ledgerId };
}

/** The `index`-th believable invoice: agreements, tickets with time, products with cost (every ninth sold below it). */
export function aSeedInvoice(
  index: number,
  parts: { content?: Partial<InvoiceContent>; context?: Partial<InvoiceContext> } = {},
): SeedRecord {
  const name = CUSTOMERS[index % CUSTOMERS.length] ?? '';
  const [type, typeLabel] = TYPES[index % TYPES.length] ?? TYPES[0];
  const below = index % 9 === 4;
  const lines = [
    aLine({ key: `agreement:${index}`, kind: 'agreement', description: 'Managed services', unitPrice: `${800 + (index % 40) * 25}.00` }),
    aTimeEntry(90_000 + index, {
      hours: '1.75',
      covered: '0.50',
      workOrder: aTicket(`${48_000 + index}`, 'Printer offline'),
      notes: 'Replaced the spooler.',
    }),
    aLine({ key: `product:${index}`, kind: 'product', description: 'Wireless access point', quantity: '2', unitPrice: '149.50' }),
  ];
  const content = anInvoice({
    number: `${10_000 + index}`,
    type,
    typeLabel,
    date: addDays('2026-09-01', index % 90),
    customer: aCustomer({ name }),
    lines,
    taxes: [aTax('Florida 6%', '6', lines)],
    ...parts.content,
  });
  const lineFacts: Record<string, LineFacts> = {
    [`agreement:${index}`]: { cost: '410.00', link: `https://psa.example/agreement/${index}` },
    [`product:${index}`]: { cost: below ? '320.10' : '205.00', link: `https://psa.example/product/${index}`, targetId: `product:${index}` },
  };
  const externalId = String(700 + index);
  const customerExternalId = String(100 + (index % CUSTOMERS.length));
  return {
    invoice: {
      content,
      context: {
        externalId,
        customerExternalId,
        status: { externalId: '1', name: 'New', closed: false },
        location: LOCATION,
        hasTaxCode: true,
        taxableCustomer: true,
        lineFacts,
        routing: index % 3 === 0 ? [{ externalId: '11', name: 'Jo Díaz', email: 'Jo@northlight.example' }] : [],
        paid: '0',
        credited: '0',
        balance: content.total,
        updatedAt: '2026-11-05T10:00:00Z',
        link: `https://psa.example/invoice/${externalId}`,
        ...parts.context,
      },
    },
    customer: {
      externalId: customerExternalId,
      name,
      email: `accounts-${customerExternalId}@client.example`,
      address: content.customer.address,
      deleted: false,
    },
  };
}

/** Puts the records through intake and the review rules, as a pull would. Answers the ids by number. */
export async function seedInvoices(
  module: INestApplicationContext,
  source: SeededSource,
  records: readonly SeedRecord[],
): Promise<Map<string, string>> {
  const tx = module.get(TenantTransaction);
  const { tenantId, connectionId } = source;
  const raw = records.map((record) => ({
    externalId: record.invoice.context.externalId,
    number: record.invoice.content.number,
    updatedAt: record.invoice.context.updatedAt,
    payload: record,
  }));
  await tx.run(tenantId, () => module.get(VendorRecordRepository).store(connectionId, raw, new Date()));
  await module.get(Interpret).everything(tenantId, connectionId, mapSeed);
  await module.get(CheckJob).check({ tenantId, id: connectionId }, new AbortController().signal);
  const rows = await tx.run(tenantId, () =>
    tx.query<{ number: string; id: string }>('select number, id from invoice where tenant_id = $1 and connection_id = $2 order by number', [
      tenantId,
      connectionId,
    ]),
  );
  return new Map(rows.map((row) => [row.number, row.id]));
}
