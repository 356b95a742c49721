/** Goal: every invoice of the PSA comes in exactly as it is there, whatever else is broken. Real Postgres, the real sandbox. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';

let opened: OpenedBilling;
let billing: Billing;

beforeAll(async () => {
  opened = await openBilling({ pull: false });
  billing = opened.billing;
});

afterAll(async () => {
  await opened.close();
});

describe('a first pull', () => {
  it('brings every invoice into review', async () => {
    const run = await billing.pull();
    console.log(
      run,
      await billing.query(`select state, count(*) from invoice where tenant_id = $1 group by 1`),
      await billing.query(`select external_id, number, problem from vendor_record where tenant_id=$1 and problem is not null`),
    );
    expect(run.state).toBe('succeeded');
  });
});
