import type { ConnectionItem, ConnectionDetail } from '../../billing/queries/connection-query.js';
import type { LocationEdit } from '../../connections/settings.js';
import type { MappingEdit } from '../../connections/code-mappings.js';
import { mayBeWritten, STATUS_EVENTS, type StatusEvent } from '../../connections/status-mapping.js';
import type { BillingStatus } from '../../ports/billing-source.js';

/** A source's locations with every ledger they can post to. @param sourceId absent: those of all sources */
export function locationChoices(connections: readonly ConnectionItem[], sourceId?: string): LocationChoice[] {
  const ledgers = connections.filter(({ capabilities }) => capabilities.accountingLedger);
  return ownLocations(connections, sourceId).map((location) => ({
    field: fieldOf(location),
    name: location.name,
    options: ledgers
      .filter(({ id, state }) => state !== 'disconnected' || id === location.ledgerConnectionId)
      .map(({ id, label, account }) => ({ value: id, label: `${label} · ${account.label}`, selected: id === location.ledgerConnectionId })),
  }));
}

/** What a form of these choices changes. Fields of locations that do not exist are passed over. */
export function locationEdits(
  connections: readonly ConnectionItem[],
  form: Readonly<Record<string, unknown>>,
  sourceId?: string,
): LocationEdit[] {
  return ownLocations(connections, sourceId).flatMap((location) => {
    const chosen = form[fieldOf(location)];
    if (typeof chosen !== 'string') return [];
    const ledgerConnectionId = chosen === '' ? null : chosen;
    if (ledgerConnectionId === (location.ledgerConnectionId ?? null)) return [];
    return [{ sourceConnectionId: location.sourceConnectionId, locationId: location.externalId, ledgerConnectionId }];
  });
}

/** A ledger lists the locations that post to it, too; each is told once, by its source. */
function ownLocations(connections: readonly ConnectionItem[], sourceId?: string): ConnectionItem['locations'] {
  return connections
    .filter(({ id }) => sourceId === undefined || id === sourceId)
    .flatMap(({ id, locations }) => locations.filter(({ sourceConnectionId }) => sourceConnectionId === id));
}

function fieldOf({ sourceConnectionId, externalId }: ConnectionItem['locations'][number]): string {
  return `location.${sourceConnectionId}.${externalId}`;
}

const WORDS: Readonly<Record<StatusEvent, { label: string; help: string }>> = {
  approved: { label: 'Approved', help: 'After the final approval.' },
  rejected: { label: 'Rejected', help: 'It has to be corrected there.' },
  reopened: { label: 'Reopened', help: 'An approval or rejection was withdrawn, or the invoice changed after it.' },
};

type Mappings = Pick<ConnectionDetail, 'mappings'>['mappings'];

/** Only statuses that neither send nor close an invoice can be chosen. @param statuses as the source said them last */
export function statusChoices(statuses: readonly BillingStatus[], mappings: Mappings): StatusChoice[] {
  return STATUS_EVENTS.map((key) => {
    const mapped = mappings.find((one) => one.kind === 'status' && one.key === key)?.code;
    const offered = statuses.filter((status) => mayBeWritten(status));
    const gone = mapped !== undefined && !offered.some(({ externalId }) => externalId === mapped);
    const name = statuses.find(({ externalId }) => externalId === mapped)?.name ?? mapped ?? '';
    return {
      key,
      ...WORDS[key],
      options: [
        ...(gone ? [{ value: mapped, label: name, selected: true, note: 'can no longer be written' }] : []),
        ...offered.map((status) => ({ value: status.externalId, label: status.name, selected: status.externalId === mapped })),
      ],
    };
  });
}

/** What a form of these choices changes; an empty field takes a mapping away. */
export function statusEdits(form: Readonly<Record<string, unknown>>, mappings: Mappings): MappingEdit[] {
  return STATUS_EVENTS.flatMap((key): MappingEdit[] => {
    const chosen = form[key];
    if (typeof chosen !== 'string') return [];
    const code = chosen === '' ? null : chosen;
    const present = mappings.find((one) => one.kind === 'status' && one.key === key)?.code ?? null;
    return code === present ? [] : [{ kind: 'status', key, code }];
  });
}

/** One choice among a vendor's things. */
interface OptionView {
  value: string;
  label: string;
  selected: boolean;
  note?: string;
}

/** Which ledger a location posts to. */
export interface LocationChoice {
  /** Name of the field, and what labels it by id. */
  field: string;
  name: string;
  options: OptionView[];
}

/** Which billing status an event writes. */
export interface StatusChoice {
  key: string;
  label: string;
  help: string;
  options: OptionView[];
}
