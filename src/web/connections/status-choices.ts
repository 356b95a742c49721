import type { MappingEdit } from '../../connections/code-mappings.js';
import { mayBeWritten, STATUS_EVENTS, type StatusEvent } from '../../connections/status-mapping.js';
import type { ConnectionDetail } from '../../billing/queries/connection-query.js';
import type { BillingStatus } from '../../ports/billing-source.js';
import type { StatusChoice } from './connections-view.js';

const WORDS: Readonly<Record<StatusEvent, { label: string; help: string }>> = {
  approved: { label: 'Approved', help: 'After the final approval.' },
  rejected: { label: 'Rejected', help: 'Somebody has to correct it there.' },
  reopened: { label: 'Reopened', help: 'An approval or rejection was taken back, or the invoice changed after it.' },
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
