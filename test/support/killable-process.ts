import { TenantTransaction } from '../../src/database/tenant-transaction.js';

/** The process is gone: nothing after this line runs, no `finally` reaches the database. */
export class Died extends Error {
  override name = 'Died';
}

/**
 * A process that dies at its n-th transaction: before it begins (what was just answered by a vendor is not written down),
 * or right after it was committed (what was about to be asked never is).
 */
export class MortalTransaction extends TenantTransaction {
  private lived = 0;
  private dead = false;
  private fate: { at: number; when: 'before' | 'after' } | undefined;

  dieAt(at: number, when: 'before' | 'after'): void {
    this.lived = 0;
    this.fate = { at, when };
  }

  get isDead(): boolean {
    return this.dead;
  }

  override async run<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    if (this.isOpen) return await super.run(tenantId, work);
    if (this.dead) throw new Died();
    const { fate } = this;
    if (fate) this.lived += 1;
    // Others may begin while this one runs.
    const isLast = fate?.at === this.lived;
    if (isLast && fate.when === 'before') this.die();
    const result = await super.run(tenantId, work);
    if (isLast && fate.when === 'after') this.die();
    return result;
  }

  private die(): never {
    this.dead = true;
    throw new Died();
  }
}
