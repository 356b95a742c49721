import { nameKey } from './contact-card.js';
import type { XeroClient } from './client.js';
import { toSecond, wireInstant } from './dates.js';
import { contactRow, pageOf, type ContactRow } from './types.js';

const PAGE_SIZE = 1_000;
/** A list this young is trusted: the uniqueness of numbers and names in Xero catches what it does not know yet. */
const FRESH_MS = 60_000;
/** Rows may become visible a little after the time they carry. */
const OVERLAP_MS = 60_000;

interface Known {
  id: string;
  /** As `nameKey` makes it. */
  nameKey: string;
  number: string | undefined;
  accountNumber: string | undefined;
  isActive: boolean;
  mergedTo: string | undefined;
}

/**
 * Every contact of one organisation, read once in pages and then kept up by asking for changes only, so that looking up
 * the customers of a hundred invoices costs one request. Archived ones are in it, because merged ones point onwards.
 */
export class ContactDirectory {
  private readonly byId = new Map<string, Known>();
  private newest: string | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  /** One reader at a time; who comes meanwhile waits for the same answer. */
  async refresh(client: XeroClient, now: Date): Promise<void> {
    if (now.getTime() - this.readAt < FRESH_MS && now.getTime() >= this.readAt) return;
    this.reading ??= this.read(client, now).finally(() => (this.reading = undefined));
    await this.reading;
  }

  /** After something went unsaid or unlike expected: the next `refresh` asks. */
  distrust(): void {
    this.readAt = Number.NEGATIVE_INFINITY;
  }

  remember(contact: { id: string; name: string; number: string; accountNumber: string | undefined }): void {
    const { id, name, number, accountNumber } = contact;
    this.byId.set(id, { id, nameKey: nameKey(name), number, accountNumber, isActive: true, mergedTo: undefined });
  }

  /** By our number, wherever merging has led it; `archived` when it exists and cannot be used. */
  byNumber(number: string): { id: string } | 'archived' | undefined {
    const found = this.all().find((contact) => contact.number === number);
    if (!found) return undefined;
    const last = this.follow(found);
    return last?.isActive ? { id: last.id } : 'archived';
  }

  byName(name: string): { id: string } | undefined {
    const key = nameKey(name);
    return this.all().find((contact) => contact.isActive && contact.nameKey === key);
  }

  hasAccountNumber(accountNumber: string): boolean {
    return this.all().some((contact) => contact.accountNumber === accountNumber);
  }

  private follow(contact: Known): Known | undefined {
    const seen = new Set<string>();
    let current: Known | undefined = contact;
    while (current?.mergedTo && !seen.has(current.id)) {
      seen.add(current.id);
      current = this.byId.get(current.mergedTo);
    }
    return current;
  }

  private async read(client: XeroClient, now: Date): Promise<void> {
    const since = this.newest === undefined ? undefined : toSecond(new Date(Date.parse(this.newest) - OVERLAP_MS).toISOString());
    const shape = pageOf('Contacts', contactRow);
    const headers: Record<string, string> = since === undefined ? {} : { 'If-Modified-Since': since };
    // Ordered by id, pages do not shift while people work; what changes meanwhile comes with the next reading.
    let newest = this.newest ?? '';
    for (let page = 1; ; page += 1) {
      const { Contacts: rows } = await client.read('contacts', shape, (api, tenantId) =>
        api.getContacts(tenantId, undefined, undefined, 'ContactID', undefined, page, true, undefined, undefined, PAGE_SIZE, { headers }),
      );
      for (const row of rows) {
        this.byId.set(row.ContactID, knownOf(row));
        const changed = wireInstant(row.UpdatedDateUTC);
        if (changed > newest) newest = changed;
      }
      if (rows.length < PAGE_SIZE) break;
    }
    this.newest = newest === '' ? undefined : newest;
    this.readAt = now.getTime();
  }

  private all(): Known[] {
    return [...this.byId.values()];
  }
}

function knownOf(row: ContactRow): Known {
  return {
    id: row.ContactID,
    nameKey: nameKey(row.Name ?? ''),
    number: row.ContactNumber ?? undefined,
    accountNumber: row.AccountNumber ?? undefined,
    isActive: (row.ContactStatus ?? 'ACTIVE') === 'ACTIVE',
    mergedTo: row.MergedToContactID ?? undefined,
  };
}
