import type { BillingStatus, SourceLocation, SourceStaff, StaffList } from '../../ports/billing-source.js';
import type { ConnectwiseClient, Row } from './client.js';
import { COMPANY_FIELDS, MEMBER_FIELDS, withoutLinks } from './fields.js';
import { oneLine } from '../kit/plain-text.js';
import { MissingLists, OPTIONAL_LISTS, type OptionalList } from './optional-lists.js';
import { permissionFor } from './permissions.js';

/** What many invoices share: read once per run, and companies as they come along. */
export class ReferenceData {
  private readonly lists = new Map<OptionalList, Promise<Map<number, Row>>>();
  private readonly companies = new Map<number, unknown>();
  readonly missing = new MissingLists();

  constructor(private readonly client: ConnectwiseClient) {}

  /** By id; with the e-mail address where the PSA tells it. */
  memberById(): Promise<Map<number, Row>> {
    return this.once('members', () => this.client.list('/system/info/members', { fields: MEMBER_FIELDS }));
  }

  /** By id, with the rates and switches of all their levels. */
  taxCodeById(): Promise<Map<number, Row>> {
    // Asked for whole: older releases have fewer levels, and would refuse the name of one that they do not know.
    return this.once('taxCodes', async () => (await this.client.list('/finance/taxCodes')).map(taxCode));
  }

  /** Customers that still exist, by id; recycled ones are told apart by their flag. */
  async companyById(ids: readonly number[]): Promise<ReadonlyMap<number, unknown>> {
    const missing = [...new Set(ids)].filter((id) => !this.companies.has(id));
    if (missing.length > 0) {
      const rows = await this.client.listIn('/company/companies', COMPANY_FIELDS, missing, (list) => `id in (${list})`);
      for (const id of missing) this.companies.set(id, undefined);
      for (const row of rows) this.companies.set(row.id, withoutLinks(row));
    }
    return this.companies;
  }

  /** A failure is forgotten: the next one who asks tries again. */
  private once(name: OptionalList, read: () => Promise<Row[]>): Promise<Map<number, Row>> {
    const known = this.lists.get(name);
    if (known) return known;
    const asked = this.missing.orAbsent(name, [], read).then(byId);
    this.lists.set(name, asked);
    asked.catch(() => this.lists.delete(name));
    return asked;
  }
}

const TAX_FIELDS =
  /^(?:id|identifier|description|invoiceCaption|level[A-Z][a-z]+(?:Rate|RateType|Caption|ServicesFlag|ExpensesFlag|ProductsFlag|TaxableMax))$/;

function taxCode(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => TAX_FIELDS.test(name))) as Row;
}

function byId(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** Members of the company, without those that only programs sign in as. */
export async function readStaff(reference: ReferenceData): Promise<StaffList> {
  const members = await reference.memberById();
  if (reference.missing.has('members')) {
    const { permission, how } = permissionFor(OPTIONAL_LISTS.members.path, false);
    return { people: [], notKnown: `Our API member may not read who works there. It needs ${permission}. ${how}` };
  }
  return { people: [...members.values()].filter((row) => row['licenseClass'] !== 'A').map(staffMember) };
}

function staffMember(row: Row): SourceStaff {
  const text = (name: string) => (typeof row[name] === 'string' ? oneLine(row[name]) : '');
  const email = text('defaultEmail').toLowerCase();
  return {
    externalId: String(row.id),
    name: text('fullName') || `${text('firstName')} ${text('lastName')}`.trim() || text('identifier') || `Member ${row.id}`,
    // Some releases name the kind of the address here, such as 'Office'.
    ...(/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254 && { email }),
    active: row['inactiveFlag'] !== true,
  };
}

export async function readStatuses(client: ConnectwiseClient): Promise<BillingStatus[]> {
  const rows = await client.list('/finance/billingStatuses', { fields: 'id,name,closedFlag,sentFlag,inactiveFlag' });
  return rows.map((row) => ({
    externalId: String(row.id),
    name: typeof row['name'] === 'string' ? row['name'] : `Status ${row.id}`,
    closed: row['closedFlag'] === true,
    sent: row['sentFlag'] === true,
    inactive: row['inactiveFlag'] === true,
  }));
}

/** Every location that bills: those have a billing set-up, with the remit-to address of their invoices. */
export async function readLocations(client: ConnectwiseClient): Promise<SourceLocation[]> {
  const rows = await client.list('/finance/billingSetups', { fields: 'id,location' });
  const locations = new Map<string, SourceLocation>();
  for (const row of rows) {
    const { id, name } = (row['location'] ?? {}) as { id?: unknown; name?: unknown };
    if (typeof id !== 'number') continue;
    locations.set(String(id), { externalId: String(id), name: typeof name === 'string' ? name : `Location ${id}` });
  }
  return [...locations.values()];
}
