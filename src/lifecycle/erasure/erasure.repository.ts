import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { MembershipEntity } from '../../identity/membership.entity.js';
import { ErasureCertificateEntity, TenantErasureEntity } from './erasure.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export interface StoredCertificate {
  body: Record<string, unknown> & { kind: string };
  sha256: string;
  signature: string;
  issuedAt: Date;
}

/** The functions that erase a person or a whole tenant, and what remains of it on paper. */
@Injectable()
export class ErasureRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** Holds the member and all owners, so that two owners who erase each other at once do not both succeed. */
  async lockMember(personId: string): Promise<MembershipEntity | null> {
    const { tenantId } = this.tx;
    await this.tx.query(
      `select from membership where tenant_id = $1 and (role = 'owner' or person_id = $2) order by person_id for update`,
      [tenantId, personId],
    );
    return await this.tx.rows(MembershipEntity).findOneBy({ tenantId, personId });
  }

  async owners(): Promise<number> {
    return await this.tx.rows(MembershipEntity).countBy({ tenantId: this.tx.tenantId, role: 'owner' });
  }

  async memberAt(email: string): Promise<MembershipEntity | null> {
    return await this.tx.rows(MembershipEntity).findOneBy({ tenantId: this.tx.tenantId, email });
  }

  /** @returns rows by table, and by 'table.column' where a pseudonym took the place of a name */
  async person(personId: string | null, known: readonly string[], pseudonym: string, address: string): Promise<Record<string, number>> {
    await this.tx.allowMinutes();
    const [row] = await this.tx.query<{ counts: Record<string, number> }>('select erase_person($1, $2, $3, $4) as counts', [
      personId,
      known,
      pseudonym,
      address,
    ]);
    return row?.counts ?? {};
  }

  /** @returns whether the installation still knows the person, and why */
  async forget(personId: string): Promise<'member' | 'erased' | 'anonymous'> {
    const [row] = await this.tx.query<{ outcome: 'member' | 'erased' | 'anonymous' }>('select forget_person($1) as outcome', [personId]);
    return row?.outcome ?? 'erased';
  }

  /** Which tables keep a name, and under which rule. */
  async keptRules(): Promise<{ target: string; named: string; because: string }[]> {
    return await this.tx.query('select target, named, because from person_kept_columns() order by 1, 2');
  }

  async addCertificate(row: ErasureCertificateEntity): Promise<void> {
    await this.tx.rows(ErasureCertificateEntity).insert(row);
  }

  async certificates(): Promise<ErasureCertificateEntity[]> {
    return await this.tx
      .rows(ErasureCertificateEntity)
      .find({ where: { tenantId: this.tx.tenantId }, order: { issuedAt: 'DESC' }, take: 200 });
  }

  async certificate(id: string): Promise<ErasureCertificateEntity | null> {
    return await this.tx.rows(ErasureCertificateEntity).findOneBy({ tenantId: this.tx.tenantId, id });
  }

  async tenantErasure(id: string): Promise<TenantErasureEntity | null> {
    return await this.tx.rows(TenantErasureEntity).findOneBy({ tenantId: this.tx.tenantId, id });
  }

  async openTenantErasure(): Promise<TenantErasureEntity | null> {
    return await this.tx.rows(TenantErasureEntity).findOneBy({ tenantId: this.tx.tenantId, state: In(['waiting', 'erasing']) });
  }

  /** @returns false while another one is open */
  async requestTenantErasure(row: TenantErasureEntity): Promise<boolean> {
    const made = await this.tx.rows(TenantErasureEntity).createQueryBuilder().insert().values(row).orIgnore().returning('id').execute();
    return (made.raw as unknown[]).length === 1;
  }

  async changeTenantErasure(
    id: string,
    change: Partial<Pick<TenantErasureEntity, 'state' | 'counts' | 'notes' | 'problem' | 'cancelledAt' | 'cancelledBy'>>,
  ): Promise<void> {
    await this.tx.rows(TenantErasureEntity).update({ tenantId: this.tx.tenantId, id }, change);
  }

  /** @returns false before its time, after an undo and while a hold stands */
  async begin(now: Date): Promise<boolean> {
    const [row] = await this.tx.query<{ begun: boolean }>('select begin_tenant_erasure($1) as begun', [now]);
    return row?.begun ?? false;
  }

  async batch(size: number): Promise<Record<string, number>> {
    const [row] = await this.tx.query<{ counts: Record<string, number> }>('select erase_tenant_batch($1) as counts', [size]);
    return row?.counts ?? {};
  }

  async people(): Promise<string[]> {
    const rows = await this.tx.query<{ id: string }>('select person_id as id from membership where tenant_id = $1', [this.tx.tenantId]);
    return rows.map((row) => row.id);
  }

  async endMembership(personId: string): Promise<void> {
    await this.tx.execute('delete from membership where tenant_id = $1 and person_id = $2', [this.tx.tenantId, personId]);
  }

  /** The jobs that wait or ended; not the one that is at work. */
  async dropJobs(exceptId: string): Promise<number> {
    return await this.tx.execute(
      `delete from pgboss.job where data ->> 'tenantId' = $1 and not (name = 'lifecycle.erase' and data ->> 'id' = $2 and state = 'active')`,
      [this.tx.tenantId, exceptId],
    );
  }

  async finish(certificateId: string, certificate: Omit<StoredCertificate, 'issuedAt'>, now: Date): Promise<void> {
    await this.tx.query('select finish_tenant_erasure($1, $2, $3, $4, $5)', [
      certificateId,
      JSON.stringify(certificate.body),
      certificate.sha256,
      certificate.signature,
      now,
    ]);
  }
}

/** Certificates of tenants that are gone: asked for in nobody's name, by whoever was given the address. */
@Injectable()
export class TenantCertificates {
  constructor(private readonly dataSource: DataSource) {}

  async find(id: string): Promise<StoredCertificate | undefined> {
    const [row] = await this.dataSource.query<StoredCertificate[]>(
      'select body, sha256, signature, issued_at as "issuedAt" from tenant_certificate_of($1)',
      [id],
    );
    return row;
  }
}
