import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { CivilDate } from '../../domain/civil-date.js';
import { Refusal } from '../../domain/refusal.js';

/** What keeps a ledger from its first real document; each sentence says what to do. */
export function goLiveBlockers({ state, health, label, locations, id }: ConnectionItem): string[] {
  return [
    ...(state === 'connected' ? [] : [`${label} is not connected. Reconnect it first.`]),
    ...(health && !health.ok ? [health.sentence] : []),
    ...(locations.some(({ ledgerConnectionId }) => ledgerConnectionId === id)
      ? []
      : ['No location posts here yet. Choose one under Settings, Account mapping.']),
  ];
}

/** The first day of this month: a month is billed as a whole. */
export function proposedGoLive(today: CivilDate): CivilDate {
  return `${today.slice(0, 8)}01`;
}

/** @throws Refusal 'conflict' unless posting can be started here now */
export function assertCanGoLive(item: ConnectionItem): void {
  if (item.posting?.mode !== 'preview')
    throw new Refusal('conflict', item.posting ? 'Posting has been started here already.' : 'Invoices are only posted to ledgers.');
  const [blocker] = goLiveBlockers(item);
  if (blocker !== undefined) throw new Refusal('conflict', blocker);
}
