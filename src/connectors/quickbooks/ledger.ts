import type {
  AccountingLedger,
  BatchAnswer,
  CodeMapping,
  FoundDocument,
  LedgerCodes,
  LedgerDocument,
  LedgerProfile,
  OutgoingBatch,
  PreparedDocument,
  ReferenceIntent,
  ReferenceOutcome,
  SettlementPage,
} from '../../ports/accounting-ledger.js';
import type { HealthReport } from '../../ports/connector.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { attachFile, type AttachedFile } from './attachments.js';
import { MOST_PER_BATCH } from './batch.js';
import type { QuickbooksClient } from './client.js';
import { suggestMapping } from './code-choice.js';
import type { CompanyLists } from './company-lists.js';
import { ensureContacts, type ContactIntent } from './contacts.js';
import { findDocuments, sendDocuments } from './documents.js';
import { ensureItems, type ItemIntent } from './items.js';
import { prepareDocument } from './mapper.js';
import { readCodes, readProfile } from './reference-data.js';
import { readSettlements } from './settlements.js';
import { isConnectorError } from '../../ports/connector-error.js';

/** Asks for the company and its settings. Failures are reports too. */
async function checkHealth(client: QuickbooksClient): Promise<HealthReport> {
  try {
    const profile = await readProfile(client);
    const [blocker] = profile.blockers;
    return { ok: blocker === undefined, sentence: blocker ?? `Connected to ${profile.name}.`, missing: [] };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const { permission } = error.details;
    const missing = permission === undefined ? [] : [{ permission, how: error.message }];
    return { ok: false, sentence: error.message, missing };
  }
}

/** One company's books. */
export class QuickbooksLedger implements AccountingLedger {
  /** How long a request is remembered is documented nowhere; a day is what we rely on, and a look-up follows. */
  readonly batch = { size: MOST_PER_BATCH, replayMs: 24 * 3_600_000, replayOnlyAfterTransportFailure: false };

  constructor(
    private readonly client: QuickbooksClient,
    private readonly lists: CompanyLists,
    private readonly appUrl: string,
  ) {}

  check(): Promise<HealthReport> {
    return checkHealth(this.client);
  }

  profile(): Promise<LedgerProfile> {
    return readProfile(this.client);
  }

  codes(): Promise<LedgerCodes> {
    return readCodes(this.client);
  }

  suggestMapping(codes: LedgerCodes): CodeMapping {
    return suggestMapping(codes);
  }

  async ensure(intents: readonly ReferenceIntent[]): Promise<ReferenceOutcome[]> {
    // The documents of one run name the same customers and items over and over.
    const distinct = [...new Map(intents.map((intent) => [intent.key, intent])).values()];
    const contacts = distinct.filter((intent): intent is ContactIntent => intent.kind === 'contact');
    const items = distinct.filter((intent): intent is ItemIntent => intent.kind === 'item');
    const outcomes = new Map([
      ...(contacts.length === 0 ? [] : await ensureContacts(this.client, this.lists, contacts)),
      ...(items.length === 0 ? [] : await ensureItems(this.client, this.lists, items)),
    ]);
    return intents.map(({ key }) => ({ key, outcome: outcomes.get(key) ?? { state: 'unknown', why: 'It was not answered.' } }));
  }

  prepare(document: LedgerDocument, mapping: CodeMapping, codes: LedgerCodes, itemIds: Readonly<Record<string, string>>): PreparedDocument {
    return prepareDocument(document, mapping, codes, itemIds);
  }

  send(batch: OutgoingBatch): Promise<BatchAnswer> {
    return sendDocuments(this.client, this.appUrl, batch);
  }

  find(kind: LedgerDocument['kind'], numbers: readonly string[]): Promise<FoundDocument[]> {
    return findDocuments(this.client, this.appUrl, kind, numbers);
  }

  attach(document: { externalId: string; kind: LedgerDocument['kind'] }, file: AttachedFile): Promise<WriteOutcome> {
    return attachFile(this.client, document, file);
  }

  settlements(cursor: string | undefined, from: string): Promise<SettlementPage> {
    return readSettlements(this.client, cursor, from);
  }
}
