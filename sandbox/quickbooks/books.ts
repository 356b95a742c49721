import { EventEmitter } from 'node:events';
import { Decimal } from 'decimal.js';
import type { SandboxContext } from '../kit/server.js';
import type { SandboxClock } from '../kit/clock.js';
import type { SandboxStore } from '../kit/store.js';
import { companyToday, entityStamp } from './company-time.js';
import type { Entity, EntityName, FieldsOf } from './entities/entity.js';
import { decimalOf, toWire, ZERO } from './money.js';
import { type QboOptions, readOptions } from './options.js';

export type ChangeOperation = 'Create' | 'Update' | 'Delete' | 'Void' | 'Emailed';

export interface Change {
  kind: EntityName;
  id: string;
  operation: ChangeOperation;
  at: Date;
}

export interface Tombstone {
  kind: EntityName;
  Id: string;
  LastUpdatedTime: string;
}

/** The company's books over the store: ids, sync tokens, time stamps, tombstones and the customers' open balances. */
export class Books {
  private readonly changes = new EventEmitter<{ change: [Change] }>();

  constructor(
    readonly store: SandboxStore,
    readonly clock: SandboxClock,
    /** The sandbox's own address. */
    readonly url: () => string,
  ) {}

  get options(): QboOptions {
    return readOptions(this.store);
  }

  get today(): string {
    return companyToday(this.clock.now());
  }

  find<K extends EntityName>(kind: K, id: string): Entity<K> | undefined {
    return this.store.get<Entity<K>>(kind, id);
  }

  all<K extends EntityName>(kind: K): Entity<K>[] {
    return this.store.all<Entity<K>>(kind);
  }

  insert<K extends EntityName>(kind: K, fields: FieldsOf[K], id: string = this.nextId(kind)): Entity<K> {
    const now = this.clock.now();
    const stamp = entityStamp(now);
    const MetaData = { CreateTime: stamp, LastUpdatedTime: stamp };
    const entity: Entity<K> = { ...fields, domain: 'QBO', sparse: false, Id: id, SyncToken: '0', MetaData };
    this.store.put(kind, id, entity);
    this.moveBalance(kind, undefined, entity);
    this.changes.emit('change', { kind, id, operation: 'Create', at: now });
    return entity;
  }

  /** One version further; `fields` may hold the old envelope, which is replaced. */
  replace<K extends EntityName>(kind: K, before: Entity<K>, fields: FieldsOf[K], operation: ChangeOperation = 'Update'): Entity<K> {
    const now = this.clock.now();
    const entity: Entity<K> = {
      ...fields,
      domain: 'QBO',
      sparse: false,
      Id: before.Id,
      SyncToken: new Decimal(before.SyncToken).plus(1).toString(),
      MetaData: { CreateTime: before.MetaData.CreateTime, LastUpdatedTime: entityStamp(now) },
    };
    this.store.put(kind, before.Id, entity);
    this.moveBalance(kind, before, entity);
    this.changes.emit('change', { kind, id: before.Id, operation, at: now });
    return entity;
  }

  remove<K extends EntityName>(kind: K, before: Entity<K>): void {
    const now = this.clock.now();
    const tombstone: Tombstone = { kind, Id: before.Id, LastUpdatedTime: entityStamp(now) };
    this.store.delete(kind, before.Id);
    this.store.put('_tombstone', `${kind}/${before.Id}`, tombstone);
    this.moveBalance(kind, before, undefined);
    this.changes.emit('change', { kind, id: before.Id, operation: 'Delete', at: now });
  }

  onChange(listener: (change: Change) => void): void {
    this.changes.on('change', listener);
  }

  /** Transactions share one sequence and so do the names of people and firms, as in a real company. */
  private nextId(kind: EntityName): string {
    if (kind === 'Attachable') return `50000000000${String(this.store.next('attachable', 503_624)).padStart(8, '0')}`;
    if (kind === 'Invoice' || kind === 'CreditMemo' || kind === 'Payment') return String(this.store.next('transaction', 101));
    if (kind === 'Customer' || kind === 'Vendor' || kind === 'Employee') return String(this.store.next('name', 1));
    return String(this.store.next(`list:${kind}`, 1));
  }

  /** A customer's balance follows its documents without making a new version of the customer. */
  private moveBalance<K extends EntityName>(kind: K, before: Entity<K> | undefined, after: Entity<K> | undefined): void {
    for (const [document, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      const open = document ? openAmount(kind, document) : undefined;
      const customer = open && this.find('Customer', open.customerId);
      if (!open || !customer || open.amount.isZero()) continue;
      const Balance = toWire(decimalOf(customer.Balance).plus(open.amount.times(sign)));
      this.store.put('Customer', customer.Id, { ...customer, Balance, BalanceWithJobs: Balance });
    }
  }
}

function openAmount(kind: EntityName, document: object): { customerId: string; amount: Decimal } | undefined {
  const { CustomerRef, Balance, UnappliedAmt } = document as { CustomerRef?: { value: string }; Balance?: number; UnappliedAmt?: number };
  if (!CustomerRef) return undefined;
  if (kind === 'Invoice') return { customerId: CustomerRef.value, amount: decimalOf(Balance) };
  if (kind === 'CreditMemo') return { customerId: CustomerRef.value, amount: ZERO.minus(decimalOf(Balance)) };
  if (kind === 'Payment') return { customerId: CustomerRef.value, amount: ZERO.minus(decimalOf(UnappliedAmt)) };
  return undefined;
}

const OPEN_BOOKS = new WeakMap<SandboxContext, Books>();

/** One set of books per running sandbox, shared by its routes, its control routes and its webhook sender. */
export function booksOf(context: SandboxContext): Books {
  let books = OPEN_BOOKS.get(context);
  if (!books) OPEN_BOOKS.set(context, (books = new Books(context.store, context.clock, () => context.url())));
  return books;
}
