/** Goal: of several people who do the same thing at the same instant the first one wins and the others are told so, with no check made before the transaction that acts on it. Real Postgres, real requests beside each other. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostingSwitch } from '../../src/billing/posting/posting-switch.js';
import { FlagDismissals } from '../../src/billing/review/flag-dismissals.js';
import { Reviewers } from '../../src/billing/review/reviewers.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import { Refusal } from '../../src/domain/refusal.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';

let opened: OpenedBilling;
let billing: Billing;

beforeAll(async () => {
  opened = await openBilling({ goLive: false });
  billing = opened.billing;
}, 120_000);
afterAll(async () => {
  await opened.close();
});

const owner = (name: string): Principal => ({ ...billing.owner, actor: { kind: 'api_key', id: uuidv7(), label: name } });

/** What each came to: its answer, or the words of the refusal. Anything else that goes wrong fails the test. */
async function atOnce<T>(tries: readonly (() => Promise<T>)[]): Promise<(T | Refusal)[]> {
  return await Promise.all(
    tries.map(async (one) => {
      try {
        return await one();
      } catch (error) {
        if (error instanceof Refusal) return error;
        throw error;
      }
    }),
  );
}

const refusals = (answers: readonly unknown[]): Refusal[] => answers.filter((answer) => answer instanceof Refusal);

describe('at the same instant', () => {
  it.each(['quickbooks', 'xero'] as const)(
    'three who start posting to %s start it once, and the day of the first one holds',
    async (ledger) => {
      const id = billing.connections[ledger];
      const days = ['2026-10-01', '2026-11-01', '2026-12-01'];
      const answers = await atOnce(days.map((day) => () => billing.module.get(PostingSwitch).goLive(owner(day), id, day)));
      expect(refusals(answers)).toHaveLength(2);
      const day = days[answers.findIndex((answer) => !(answer instanceof Refusal))];
      for (const refusal of refusals(answers))
        expect(refusal).toMatchObject({
          kind: 'conflict',
          message: expect.stringContaining(`dated from ${day} on`),
          facts: { goLiveDate: day },
        });
      expect(
        await billing.query('select posting_mode as mode, go_live_date as day from connection where tenant_id = $1 and id = $2', [id]),
      ).toEqual([{ mode: 'live', day }]);
      expect(
        await billing.query(
          `select after ->> 'from' as day from audit_event where tenant_id = $1 and action = 'connection.went_live' and subject_id = $2`,
          [id],
        ),
      ).toEqual([{ day }]);
    },
  );

  it('two who pause a connection pause it once, and the first one is named', async () => {
    const id = billing.connections.connectwise;
    const settings = billing.module.get(ConnectionSettings);
    await atOnce(['First', 'Second'].map((name) => () => settings.pause(owner(name), id)));
    const [row] = await billing.query<{ by: string }>('select paused_by as by from connection where tenant_id = $1 and id = $2', [id]);
    await settings.pause(owner('Third'), id);
    expect(await billing.query('select paused_by as by from connection where tenant_id = $1 and id = $2', [id])).toEqual([row]);
    await settings.resume(billing.owner, id);
  });

  it('several who rename a connection leave a history in which each one saw the name before', async () => {
    const id = billing.connections.xero;
    const settings = billing.module.get(ConnectionSettings);
    await atOnce(['One', 'Two', 'Three', 'Four'].map((name) => () => settings.rename(owner(name), id, name)));
    const renamed = await billing.query<{ before: string; after: string }>(
      `select before ->> 'label' as before, after ->> 'label' as after from audit_event
        where tenant_id = $1 and action = 'connection.renamed' order by id`,
    );
    expect(new Set(renamed.map(({ before }) => before)).size).toBe(4);
  });

  it('two who mark two flags of one invoice as fine are both counted', async () => {
    const [number = ''] = await billing.reviewable('quickbooks', 1);
    const { id } = await billing.invoice(number);
    await billing.query('update flag set gone = true where tenant_id = $1 and invoice_id = $2', [id]);
    const ids = Array.from({ length: 6 }, () => uuidv7());
    await billing.query(
      `insert into flag (tenant_id, id, invoice_id, rule, severity, title, message, target, reveals_cost, created_at)
       select $1, f, $2, 'planted', 'warning', 'Planted', 'Planted', f::text, false, now() from unnest($3::uuid[]) f`,
      [id, ids],
    );
    const flags = billing.module.get(FlagDismissals);
    await atOnce(ids.map((flag) => () => flags.set(billing.owner, id, flag, true)));
    expect(
      await billing.query('select open_errors + open_warnings + open_infos as open from invoice where tenant_id = $1 and id = $2', [id]),
    ).toEqual([{ open: 0 }]);
  });

  it('two who add the same reviewer add one, and two who take them off take them off once', async () => {
    const [number = ''] = await billing.reviewable('xero', 1);
    const { id } = await billing.invoice(number);
    const reviewers = billing.module.get(Reviewers);
    const wanted = { email: 'Twice@Example.com', name: 'Twice' };
    expect(refusals(await atOnce([1, 2].map(() => () => reviewers.add(billing.owner, id, wanted))))).toEqual([]);
    const seats = await billing.query<{ id: string }>('select id from reviewer where tenant_id = $1 and invoice_id = $2 and email = $3', [
      id,
      'twice@example.com',
    ]);
    expect(seats).toHaveLength(1);
    const off = await atOnce([1, 2].map(() => () => reviewers.remove(billing.owner, id, seats[0]?.id ?? '')));
    expect(refusals(off)).toMatchObject([{ kind: 'not_found' }]);
    for (const action of ['reviewer.added', 'reviewer.removed'])
      expect(
        await billing.query('select id from audit_event where tenant_id = $1 and action = $2 and subject_id = $3', [action, id]),
      ).toHaveLength(1);
  });
});
