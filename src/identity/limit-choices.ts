import { Injectable } from '@nestjs/common';
import { searchText, searchWords } from '../domain/search-text.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { LimitChoiceRepository, type LimitChoice } from './limit-choice.repository.js';

/** As many customers as a list shows; more are found by their name. */
export const MOST_CUSTOMERS = 20;

/** What limits can be made of: customers, locations and currencies of the tenant, as far as the caller knows them. */
@Injectable()
export class LimitChoices {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly choices: LimitChoiceRepository,
  ) {}

  /** Those with every word in their name. @returns one more than is shown, where there are more */
  async customers(tenantId: string, search: string): Promise<LimitChoice[]> {
    const words = searchWords(search);
    const rows = await this.tx.run(tenantId, () => this.choices.customers());
    const found = rows.filter(({ label }) => words.every((word) => searchText(label).includes(word)));
    return found.slice(0, MOST_CUSTOMERS + 1);
  }

  /** By their ids, in the order of their names. One that the caller does not know of keeps its place without a name. */
  async named(tenantId: string, ids: readonly string[]): Promise<LimitChoice[]> {
    if (ids.length === 0) return [];
    const rows = await this.tx.run(tenantId, () => this.choices.customers(ids));
    const known = new Set(rows.map(({ value }) => value));
    return [...rows, ...ids.filter((id) => !known.has(id)).map((value) => ({ value, label: 'A customer you do not see' }))];
  }

  async locations(tenantId: string): Promise<LimitChoice[]> {
    return await this.tx.run(tenantId, () => this.choices.locations());
  }

  /** Those that invoices are in, and the company's own. */
  async currencies(tenantId: string): Promise<string[]> {
    return await this.tx.run(tenantId, () => this.choices.currencies());
  }
}
