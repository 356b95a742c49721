import type { InvoiceState } from '../../domain/invoice-state.js';
import { searchWords } from '../../domain/search-text.js';

export const INBOX_TABS = ['all', 'mine', 'unread', 'new', 'approved', 'rejected', 'posted', 'settled'] as const;
export type InboxTab = (typeof INBOX_TABS)[number];

export const FLAG_FILTERS = ['any', 'error', 'warning', 'info', 'none'] as const;
type FlagFilter = (typeof FLAG_FILTERS)[number];

export interface InvoiceFilter {
  tab: InboxTab;
  search: string;
  flags?: FlagFilter;
  state?: InvoiceState;
}

/** For whom 'mine' and 'unread' are asked; a key of a script has neither. */
export interface InboxViewer {
  tenantId: string;
  email?: string;
  personId?: string;
}

/** Place of an invoice in the list: newest first, ids break ties. */
export interface InboxKey {
  date: string;
  id: string;
}

export interface Statement {
  sql: string;
  parameters: unknown[];
}

const WAITING = `i.state in ('draft', 'in_review')`;
const NEWEST_FIRST = 'i.date desc, i.id desc';

/** Collects parameters while a statement is written. */
class Writing {
  readonly parameters: unknown[] = [];

  constructor(readonly viewer: InboxViewer) {
    this.value(viewer.tenantId);
  }

  value(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }
}

/** One page: `limit` rows after `after`, and what belongs to each of them. */
export function inboxPage(viewer: InboxViewer, filter: InvoiceFilter, limit: number, after?: InboxKey): Statement {
  const writing = new Writing(viewer);
  const where = conditions(writing, filter);
  if (after) where.push(`(i.date, i.id) < (${writing.value(after.date)}::date, ${writing.value(after.id)}::uuid)`);
  const rest = `from invoice i where ${where.join(' and ')} order by ${NEWEST_FIRST} limit ${writing.value(limit)}`;
  // A search is answered from the index alone, and only what it found is read; without one the first rows are the page.
  const page = filter.search
    ? `select i.* from (select i.id ${rest}) k join invoice i on i.tenant_id = $1 and i.id = k.id`
    : `select i.* ${rest}`;
  const money = (column: string): string => `jsonb_build_object('amount', i.${column}::text, 'currency', i.currency) as ${column}`;
  const sql = `select i.id, i.number, i.type, i.type_label as "typeLabel", i.state, i.date, i.due_date as "dueDate", ${money('total')}, ${money('balance')},
           jsonb_build_object('id', i.customer_id, 'name', i.customer_name) as customer,
           jsonb_build_object('errors', i.open_errors, 'warnings', i.open_warnings, 'infos', i.open_infos) as flags,
           i.changed_after_posting as "changedAfterPosting", (${WAITING} and ${unreadBy(writing)}) as unread,
           (select coalesce(jsonb_agg(jsonb_build_object('name', w.name, 'email', w.email, 'state', w.decision) order by w.name, w.id), '[]')
            from reviewer w where w.tenant_id = $1 and w.invoice_id = i.id) as reviewers,
           jsonb_build_object('locationExternalId', i.location_external_id, 'revisionId', i.revision_id, 'sourceConnectionId', i.connection_id,
             'ledgerConnectionId', i.ledger_connection_id, 'approvedHash', (select a.document_sha256 from approval a
               where a.tenant_id = $1 and a.invoice_id = i.id and a.state = 'standing' and a.final)) as keys
    from (${page}) i
    order by ${NEWEST_FIRST}`;
  return { sql, parameters: writing.parameters };
}

/**
 * A tenant's few connections, each with the locations that bill through it. Asked beside the page, not joined to it: row
 * security makes every table of a statement dearer to plan, and these are the same for all rows.
 */
export function inboxLedgers(viewer: InboxViewer): Statement {
  const sql = `select c.id, c.connector, l.source_connection_id as "sourceConnectionId", l.external_id as "locationExternalId"
    from connection c left join location l on l.tenant_id = $1 and l.ledger_connection_id = c.id where c.tenant_id = $1`;
  return { sql, parameters: [viewer.tenantId] };
}

/** All tabs at once: one pass over the tenant's entries of the covering index. */
export function inboxCounts(viewer: InboxViewer, search: string): Statement {
  const writing = new Writing(viewer);
  const where = ['i.tenant_id = $1', ...words(writing, search)];
  const columns = INBOX_TABS.map((tab) => `count(*) filter (where ${tabCondition(writing, tab)})::int as "${tab}"`);
  return { sql: `select ${columns.join(', ')} from invoice i where ${where.join(' and ')}`, parameters: writing.parameters };
}

/** How many invoices the filter holds and what they add up to, per currency. */
export function inboxSums(viewer: InboxViewer, filter: InvoiceFilter): Statement {
  const writing = new Writing(viewer);
  const where = conditions(writing, filter).join(' and ');
  const sql = `select i.currency, count(*)::int as count, sum(i.total) as amount from invoice i where ${where} group by i.currency order by i.currency`;
  return { sql, parameters: writing.parameters };
}

/** The neighbours of a place in the list, whether or not its invoice still belongs to the filter. */
export function inboxAround(viewer: InboxViewer, filter: InvoiceFilter, key: InboxKey): Statement {
  const writing = new Writing(viewer);
  const where = conditions(writing, filter).join(' and ');
  const place = `(${writing.value(key.date)}::date, ${writing.value(key.id)}::uuid)`;
  const sql = `select
      (select count(*)::int from invoice i where ${where}) as "of",
      (select count(*)::int from invoice i where ${where} and (i.date, i.id) > ${place}) as newer,
      (select i.id from invoice i where ${where} and (i.date, i.id) > ${place} order by i.date, i.id limit 1) as "previousId",
      (select i.id from invoice i where ${where} and (i.date, i.id) < ${place} order by ${NEWEST_FIRST} limit 1) as "nextId"`;
  return { sql, parameters: writing.parameters };
}

function conditions(writing: Writing, filter: InvoiceFilter): string[] {
  const where = ['i.tenant_id = $1'];
  if (filter.tab !== 'all') where.push(tabCondition(writing, filter.tab));
  if (filter.state) where.push(`i.state = ${writing.value(filter.state)}`);
  if (filter.flags) where.push(FLAG_CONDITIONS[filter.flags]);
  return [...where, ...words(writing, filter.search)];
}

const FLAG_CONDITIONS: Readonly<Record<FlagFilter, string>> = {
  any: 'i.open_errors + i.open_warnings + i.open_infos > 0',
  error: 'i.open_errors > 0',
  warning: 'i.open_warnings > 0',
  info: 'i.open_infos > 0',
  none: 'i.open_errors + i.open_warnings + i.open_infos = 0',
};

function tabCondition(writing: Writing, tab: InboxTab): string {
  switch (tab) {
    case 'all':
      return 'true';
    case 'new':
      return WAITING;
    case 'mine':
      return `(i.state = 'in_review' and ${mineToReview(writing)})`;
    case 'unread':
      return `(${WAITING} and ${unreadBy(writing)})`;
    default:
      return `i.state = '${tab}'`;
  }
}

function mineToReview(writing: Writing): string {
  const { email } = writing.viewer;
  if (!email) return 'false';
  return `i.id in (select w.invoice_id from reviewer w where w.tenant_id = $1 and w.email = ${writing.value(email)} and w.decision in ('waiting', 'viewed'))`;
}

function unreadBy(writing: Writing): string {
  const { personId } = writing.viewer;
  if (!personId) return 'false';
  return `not exists (select from invoice_view v where v.tenant_id = $1 and v.person_id = ${writing.value(personId)} and v.invoice_id = i.id)`;
}

/**
 * Every word has to be in the stored search text. No text operator that finds substrings is leakproof, so under row
 * security none may enter an index: the words are a filter over the entries of `invoice_newest`, which carries the search
 * text, so that not even a search that finds nothing reads a row of the table. strpos needs no escaping, unlike LIKE.
 */
function words(writing: Writing, search: string): string[] {
  const wanted = searchWords(search);
  return wanted.map((word) => `strpos(i.search, ${writing.value(word)}) > 0`);
}
