import { Clock } from '../platform/clock/clock.js';
import type { Settings } from '../platform/config/config.js';
import { installationSecret } from '../platform/postgres/installation-secret.js';
import { databaseUrls, withClient } from '../platform/postgres/roles.js';
import { keysOf } from '../platform/vault/keys.js';
import { TenantKeys } from '../platform/vault/tenant-keys.js';
import { CannotOpen, Vault } from '../platform/vault/vault.js';
import { wrapperOf } from '../platform/vault/wrapper-of.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { openDataSource } from '../database/data-source.js';
import { TenantKeyRepository } from '../database/tenant-key.repository.js';
import { PERSONAL_COLUMNS, type PersonalColumn } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { KeyRotation, type Rotated } from './key-rotation.js';
import { PersonalValueRepository, SealedValueRepository } from './sealed-value.repository.js';

const OPERATOR: Actor = { kind: 'operator', id: 'command line', label: 'Operator' };

export interface RotationReport extends Rotated {
  tenants: number;
  /** The key that everything is under now. */
  current: string;
}

export type KeySettings = Pick<Settings, 'keys' | 'keysFile' | 'keyService'>;

/**
 * Brings everything sealed in a database under the keys that seal now: tenant by tenant as the app's own role, under row
 * security like any page. Only the list of tenants, what belongs to persons and the installation's own secret are the owner's.
 */
export async function rotateKeys(
  ownerUrl: string,
  settings: KeySettings,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<RotationReport> {
  const keys = keysOf(settings);
  const wrapper = wrapperOf(settings, keys);
  const current = await wrapper.currentKeyId();
  const { appUrl } = databaseUrls(ownerUrl, await installationSecret(ownerUrl, keys));
  const dataSource = await openDataSource(appUrl, 2);
  try {
    const [tx, clock] = [new TenantTransaction(dataSource), new Clock()];
    const tenantKeys = new TenantKeys(new TenantKeyRepository(tx, clock), wrapper);
    const vault = new Vault(keys, clock, wrapper, tenantKeys);
    const rotation = new KeyRotation(tx, vault, tenantKeys, wrapper, new AuditLog(tx, clock), new SealedValueRepository(tx));
    const tenants = await tenantsOf(ownerUrl);
    let [total, done] = [0, 0];
    for (const tenant of tenants) {
      const state = await rotation.state(tenant);
      total += state.total - state.done;
    }
    const report: RotationReport = { tenants: tenants.length, current, rewrapped: 0, unreadable: 0 };
    const step = () => onProgress((done += 1), Math.max(done, total));
    onProgress(0, total);
    for (const tenant of tenants) addTo(report, await rotation.ofTenant(tenant, OPERATOR, step));
    for (const column of PERSONAL_COLUMNS) addTo(report, await rotatePersons(ownerUrl, vault, column, current));
    return report;
  } finally {
    await dataSource.destroy();
  }
}

function addTo(report: RotationReport, { rewrapped, unreadable }: Rotated): void {
  report.rewrapped += rewrapped;
  report.unreadable += unreadable;
}

async function tenantsOf(ownerUrl: string): Promise<string[]> {
  return await withClient(ownerUrl, (owner) => new PersonalValueRepository(owner).tenants());
}

/** What is sealed for a person belongs to no tenant and hangs on the wrapper itself. */
export async function rotatePersons(ownerUrl: string, vault: Vault, column: PersonalColumn, current: string): Promise<Rotated> {
  return await withClient(ownerUrl, async (owner) => {
    const values = new PersonalValueRepository(owner);
    const result: Rotated = { rewrapped: 0, unreadable: 0 };
    for (const value of await values.rest(column, current)) {
      try {
        const lifted = await vault.rewrap(value.sealed, { personId: value.id, field: column.field });
        result.rewrapped += await values.replace(column, value, lifted);
      } catch (error) {
        if (!(error instanceof CannotOpen)) throw error;
        result.unreadable += 1;
      }
    }
    return result;
  });
}
