import { CUSTOMERS } from '../msp/msp.js';
import { SeededRandom } from '../kit/random.js';
import type { SandboxContext } from '../kit/server.js';
import { type Books, booksOf } from './books.js';
import { entityStamp, plusDays } from './company-time.js';
import type { Entity, EntityName } from './entities/entity.js';
import { seedLists } from './seed-lists.js';
import { prepareWrite, type WriteRequest } from './write.js';

/** A firm the company buys from has the name of one it will soon sell to: names are shared, so the customer cannot have it. */
export const VENDOR_WITH_CUSTOMER_NAME = 'Blue Heron Realty';

const DAY_MS = 86_400_000;
/** Everything was there this long before the app was connected. */
const AGE_DAYS = 120;

/** Lumen IT LLC, a US company with automated sales tax. */
export function seed(context: SandboxContext): void {
  const books = booksOf(context);
  seedLists(books);
  seedPeople(books);
  seedOldDocuments(books, new SeededRandom(context.seed));
  makeOld(books);
}

function seedPeople(books: Books): void {
  for (const customer of CUSTOMERS.filter(({ office, knownToLedger }) => office === 'us' && knownToLedger)) {
    const BillAddr = {
      Line1: customer.addressLine1,
      City: customer.city,
      CountrySubDivisionCode: customer.state,
      PostalCode: customer.postcode,
      Country: 'USA',
    };
    write(books, 'Customer', {
      DisplayName: customer.name,
      CompanyName: customer.name,
      PrimaryEmailAddr: { Address: customer.email },
      BillAddr,
      ShipAddr: BillAddr,
      SalesTermRef: { value: '3' },
    });
  }
  for (const DisplayName of [VENDOR_WITH_CUSTOMER_NAME, 'Peninsula Power & Light']) books.insert('Vendor', { DisplayName, Active: true });
  books.insert('Employee', { DisplayName: 'Priya Nair', Active: true });
}

/** One paid, one open, one partly paid, one voided, and a credit with something left on it. */
function seedOldDocuments(books: Books, random: SeededRandom): void {
  const customers = books.all('Customer');
  const invoices = [1, 2, 3, 4].map((number) => {
    const customer = random.pick(customers);
    const hours = random.between(2, 9);
    return write(books, 'Invoice', {
      DocNumber: `OLD-${number}`,
      TxnDate: plusDays(books.today, -AGE_DAYS + number * 7),
      CustomerRef: { value: customer.Id },
      SalesTermRef: { value: '3' },
      Line: [
        {
          Description: 'On-site service',
          Amount: hours * 150,
          DetailType: 'SalesItemLineDetail',
          SalesItemLineDetail: { ItemRef: { value: '1' }, Qty: hours, UnitPrice: 150, TaxCodeRef: { value: 'NON' } },
        },
      ],
    }) as unknown as Entity<'Invoice'>;
  });
  const [paid, , partly, voided] = invoices;
  if (!paid || !partly || !voided) throw new Error('the old invoices are missing');
  pay(books, paid, paid.TotalAmt);
  pay(books, partly, 100);
  prepareWrite(books, { ...request('Invoice', { Id: voided.Id, SyncToken: voided.SyncToken }), operation: 'void' })();
  write(books, 'CreditMemo', {
    DocNumber: 'OLD-CM-1',
    TxnDate: plusDays(books.today, -60),
    CustomerRef: partly.CustomerRef,
    Line: [{ Amount: 75, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } }],
  });
}

function pay(books: Books, invoice: Entity<'Invoice'>, amount: number): void {
  write(books, 'Payment', {
    CustomerRef: invoice.CustomerRef,
    TotalAmt: amount,
    TxnDate: plusDays(invoice.TxnDate, 20),
    PaymentRefNum: `CHK ${invoice.Id}`,
    Line: [{ Amount: amount, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }],
  });
}

function write(books: Books, kind: EntityName, body: Record<string, unknown>): unknown {
  return prepareWrite(books, request(kind, body))()[kind];
}

function request(kind: EntityName, body: Record<string, unknown>): WriteRequest {
  return { kind, operation: 'write', body, allowDuplicateNumber: false };
}

/** The first data must not look like news to a client that asks what changed lately. */
function makeOld(books: Books): void {
  const stamp = entityStamp(new Date(books.clock.now().getTime() - AGE_DAYS * DAY_MS));
  const kinds: EntityName[] = ['Account', 'Term', 'Class', 'Department', 'PaymentMethod', 'TaxRate', 'TaxCode', 'Item'];
  for (const kind of [...kinds, 'Customer', 'Vendor', 'Employee', 'Invoice', 'CreditMemo', 'Payment'] as const) {
    for (const entity of books.all(kind)) {
      books.store.put(kind, entity.Id, { ...entity, MetaData: { CreateTime: stamp, LastUpdatedTime: stamp } });
    }
  }
}
