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
import type { ConnectorContext, HealthReport, CredentialLease } from '../../ports/connector.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { attachFile, type AttachedFile } from './attachments.js';
import type { XeroClient } from './client.js';
import { suggestMapping } from './code-choice.js';
import type { ContactDirectory } from './contact-directory.js';
import { ensureContacts, type ContactIntent } from './contacts.js';
import { LABEL } from './descriptor.js';
import { findDocuments, sendDocuments } from './documents.js';
import { prepareDocument } from './mapper.js';
import { readCodes, readProfile } from './reference-data.js';
import { readSettlements } from './settlements.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { z } from 'zod';
import { SCOPES } from './oauth.js';

const RECONNECT = `Reconnect ${LABEL} and allow everything it asks for.`;

/** The older, broad scope that some connections still live on until September 2027, and what it covers. */
const BROAD = { scope: 'accounting.transactions', covers: ['accounting.invoices', 'accounting.payments'] };

/** Asks for the organisation, and compares what the person allowed with what we need. Failures are reports too. */
async function checkHealth(client: XeroClient, credentials: CredentialLease): Promise<HealthReport> {
  let missing: HealthReport['missing'] = [];
  try {
    const profile = await readProfile(client);
    // After the call, since that may have renewed the token.
    const { accessToken = '' } = await credentials.current();
    missing = missingScopes(accessToken).map((permission) => ({ permission, how: RECONNECT }));
    if (missing.length > 0) return { ok: false, sentence: `Connected to ${profile.name}, but permissions are missing.`, missing };
    const [blocker] = profile.blockers;
    return { ok: blocker === undefined, sentence: blocker ?? `Connected to ${profile.name}.`, missing };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { ok: false, sentence: error.message, missing };
  }
}

/** Read from the token's own claims; a token without them says nothing, and then nothing is missing. */
export function missingScopes(accessToken: string): string[] {
  const claims = z.object({ scope: z.union([z.array(z.string()), z.string()]) }).safeParse(payloadOf(accessToken));
  if (!claims.success) return [];
  const granted = new Set(typeof claims.data.scope === 'string' ? claims.data.scope.split(' ') : claims.data.scope);
  if (granted.has(BROAD.scope)) for (const scope of BROAD.covers) granted.add(scope);
  return SCOPES.filter((scope) => scope !== 'offline_access' && !granted.has(scope) && !granted.has(scope.replace(/\.read$/, '')));
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** One organisation's books. */
export class XeroLedger implements AccountingLedger {
  /** Xero repeats a stored answer for 6 minutes, errors included: so 5, and only after a failure of the line. */
  readonly batch = { size: 50, replayMs: 5 * 60_000, replayOnlyAfterTransportFailure: true };

  constructor(
    private readonly context: ConnectorContext,
    private readonly client: XeroClient,
    private readonly directory: ContactDirectory,
    private readonly appUrl: string,
  ) {}

  check(): Promise<HealthReport> {
    return checkHealth(this.client, this.context.credentials);
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
    const contacts = intents.filter((intent): intent is ContactIntent => intent.kind === 'contact');
    const ensured = contacts.length === 0 ? [] : await ensureContacts(this.client, this.directory, contacts, this.context.clock.now());
    const byKey = new Map(ensured.map(({ key, outcome }) => [key, outcome]));
    return intents.map(({ key }) => ({ key, outcome: byKey.get(key) ?? NO_ITEMS }));
  }

  prepare(document: LedgerDocument, mapping: CodeMapping, codes: LedgerCodes): PreparedDocument {
    return prepareDocument(document, mapping, codes);
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

/** Lines are booked straight to accounts, so `prepare` asks for no items and none are ever made. */
const NO_ITEMS: WriteOutcome = { state: 'refused', cause: `Documents in ${LABEL} are booked to accounts; items are not needed there.` };
