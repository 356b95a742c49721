import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { LocationEdit } from '../../connections/settings.js';
import type { LocationChoice } from './connections-view.js';

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
