import { randomUUID } from 'node:crypto';
import type { SandboxContext } from '../kit/server.js';
import { civilDateIn } from './dates.js';
import { readOptions, type XeroSandboxOptions } from './options.js';
import type {
  AccountRecord,
  AllocationRecord,
  AttachmentRecord,
  ContactRecord,
  DocumentRecord,
  HistoryRecord,
  ItemRecord,
  OrganisationRecord,
  PaymentRecord,
  TaxRateRecord,
  TrackingCategoryRecord,
} from './records.js';

export interface WebhookEvent {
  category: 'INVOICE' | 'CONTACT' | 'CREDITNOTE';
  type: 'CREATE' | 'UPDATE';
  resourceId: string;
  resourceUrl: string;
  at: string;
}

/** The organisation's books: typed access to the store. Records are replaced whole, never changed in place. */
export class Ledger {
  constructor(
    readonly context: SandboxContext,
    private readonly announce: (event: WebhookEvent) => void,
  ) {}

  options(): XeroSandboxOptions {
    return readOptions(this.context.store);
  }

  now(): string {
    return this.context.clock.now().toISOString();
  }

  today(): string {
    return civilDateIn(this.organisation().timeZone, this.context.clock.now());
  }

  newId(): string {
    return randomUUID();
  }

  transaction<T>(work: () => T): T {
    return this.context.store.transaction(work);
  }

  organisation(): OrganisationRecord {
    return this.must(this.context.store.all<OrganisationRecord>('organisation')[0], 'organisation');
  }

  invoices = (): DocumentRecord[] => this.context.store.all('invoice');
  invoice = (id: string): DocumentRecord | undefined => this.context.store.get('invoice', id.toLowerCase());
  creditNotes = (): DocumentRecord[] => this.context.store.all('credit-note');
  creditNote = (id: string): DocumentRecord | undefined => this.context.store.get('credit-note', id.toLowerCase());
  contacts = (): ContactRecord[] => this.context.store.all('contact');
  contact = (id: string): ContactRecord | undefined => this.context.store.get('contact', id.toLowerCase());
  payments = (): PaymentRecord[] => this.context.store.all('payment');
  payment = (id: string): PaymentRecord | undefined => this.context.store.get('payment', id.toLowerCase());
  accounts = (): AccountRecord[] => this.context.store.all('account');
  taxRates = (): TaxRateRecord[] => this.context.store.all('tax-rate');
  trackingCategories = (): TrackingCategoryRecord[] => this.context.store.all('tracking-category');
  items = (): ItemRecord[] => this.context.store.all('item');

  accountByCode = (code: string): AccountRecord | undefined => this.accounts().find((account) => sameText(account.code, code));
  taxRate = (taxType: string): TaxRateRecord | undefined => this.context.store.get('tax-rate', taxType);
  itemByCode = (code: string): ItemRecord | undefined => this.items().find((item) => sameText(item.code, code));

  /** Text numbers compare without case, as they do in every filter of the real one. */
  documentsByNumber(kind: DocumentKind, number: string): DocumentRecord[] {
    const documents = kind === 'invoice' ? this.invoices() : this.creditNotes();
    return documents.filter((document) => sameText(document.number, number));
  }

  paymentsOf(documentId: string): PaymentRecord[] {
    return this.idsOf<string>('payments-of', documentId)
      .map((id) => this.must(this.payment(id), 'payment'))
      .filter((payment) => payment.status === 'AUTHORISED');
  }

  allocationsOf(documentId: string): AllocationRecord[] {
    return this.idsOf<string>('allocations-of', documentId).flatMap(
      (id) => this.context.store.get<AllocationRecord>('allocation', id) ?? [],
    );
  }

  allocation = (id: string): AllocationRecord | undefined => this.context.store.get('allocation', id.toLowerCase());

  attachmentsOf(documentId: string): AttachmentRecord[] {
    return this.idsOf<string>('attachments-of', documentId).flatMap(
      (id) => this.context.store.get<AttachmentRecord>('attachment', id) ?? [],
    );
  }

  historyOf(documentId: string): HistoryRecord[] {
    return this.idsOf<string>('history-of', documentId).flatMap((id) => this.context.store.get<HistoryRecord>('history', id) ?? []);
  }

  saveDocument(kind: DocumentKind, document: DocumentRecord): void {
    const known = this.context.store.get(kind, document.id) !== undefined;
    this.context.store.put(kind, document.id, document);
    const endpoint = kind === 'invoice' ? 'Invoices' : 'CreditNotes';
    this.tell(kind === 'invoice' ? 'INVOICE' : 'CREDITNOTE', known, endpoint, document.id);
  }

  saveContact(contact: ContactRecord): void {
    const known = this.contact(contact.id) !== undefined;
    this.context.store.put('contact', contact.id, contact);
    this.tell('CONTACT', known, 'Contacts', contact.id);
  }

  /** Balances and the customer flag change a contact without touching its date of change. */
  saveContactQuietly(contact: ContactRecord): void {
    this.context.store.put('contact', contact.id, contact);
  }

  savePayment(payment: PaymentRecord): void {
    this.context.store.put('payment', payment.id, payment);
    this.link('payments-of', payment.invoiceId ?? payment.creditNoteId, payment.id);
  }

  saveAllocation(allocation: AllocationRecord): void {
    this.context.store.put('allocation', allocation.id, allocation);
    this.link('allocations-of', allocation.invoiceId, allocation.id);
    this.link('allocations-of', allocation.creditNoteId, allocation.id);
  }

  removeAllocation(allocation: AllocationRecord): void {
    this.context.store.delete('allocation', allocation.id);
  }

  saveAttachment(attachment: AttachmentRecord): void {
    this.context.store.put('attachment', attachment.id, attachment);
    this.link('attachments-of', attachment.documentId, attachment.id);
  }

  note(documentId: string, changes: string, details: string): HistoryRecord {
    const record: HistoryRecord = { id: this.newId(), documentId, changes, details, at: this.now() };
    this.context.store.put('history', record.id, record);
    this.link('history-of', documentId, record.id);
    return record;
  }

  private tell(category: WebhookEvent['category'], known: boolean, endpoint: string, resourceId: string): void {
    const resourceUrl = `${this.context.url()}/api.xro/2.0/${endpoint}/${resourceId}`;
    this.announce({ category, type: known ? 'UPDATE' : 'CREATE', resourceId, resourceUrl, at: this.now() });
  }

  private idsOf<T>(kind: string, id: string): T[] {
    return this.context.store.get<T[]>(kind, id) ?? [];
  }

  private link(kind: string, from: string | undefined, to: string): void {
    if (from === undefined) return;
    const linked = this.idsOf<string>(kind, from);
    if (!linked.includes(to)) this.context.store.put(kind, from, [...linked, to]);
  }

  private must<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new Error(`The sandbox's books lack their ${what}`);
    return value;
  }
}

export type DocumentKind = 'invoice' | 'credit-note';

export function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
