import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { LIMITED_ROLE } from '../platform/postgres/roles.js';
import { inSpan } from '../platform/telemetry/spans.js';
import { noteTenant } from '../platform/telemetry/work-context.js';
import { scopeSetting } from './caller-scope.js';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type QueryResult, type Repository } from 'typeorm';

import { MINUTES_FOR_EACH_STATEMENT, SNAPSHOT_STATEMENTS } from './export-statements.js';

interface Open {
  tenantId: string;
  manager: EntityManager;
  afterCommit: (() => void)[];
}

/** In one statement, so that no scope stands without the role that heeds it. Both end with the transaction, however it ends. */
function binding(tenantId: string, scope: string | undefined): [sql: string, parameters: string[]] {
  const tenant = "select set_config('app.tenant_id', $1, true)";
  if (scope === undefined) return [tenant, [tenantId]];
  return [`${tenant}, set_config('app.scope', $2, true), set_config('role', '${LIMITED_ROLE}', true)`, [tenantId, scope]];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The only way to the database: one transaction, bound to one tenant by `app.tenant_id`, which every row policy reads.
 * A request of somebody who may know of some invoices only is bound to these as well, by `app.scope` and a role of its own.
 * Without an open one everything throws. No vendor call and no PDF belongs inside.
 */
@Injectable()
export class TenantTransaction {
  private readonly storage = new AsyncLocalStorage<Open>();

  constructor(private readonly dataSource: DataSource) {}

  /** Runs `work` in a transaction of this tenant; inside one of the same tenant it joins that one. */
  async run<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    return await this.begin(tenantId, work, []);
  }

  private async begin<T>(tenantId: string, work: () => Promise<T>, first: readonly string[]): Promise<T> {
    if (!UUID.test(tenantId)) throw new TypeError('A tenant id must be a lower-case UUID');
    const outer = this.storage.getStore();
    if (outer) {
      if (outer.tenantId !== tenantId) throw new Error('A transaction of one tenant cannot turn into one of another');
      return await work();
    }
    noteTenant(tenantId);
    const afterCommit: Open['afterCommit'] = [];
    const result = await inSpan({ name: 'tenant transaction', attributes: { 'db.system.name': 'postgresql' } }, () =>
      this.dataSource.transaction(async (manager) => {
        for (const statement of first) await manager.query(statement);
        await manager.query(...binding(tenantId, scopeSetting()));
        return await this.storage.run({ tenantId, manager, afterCommit }, work);
      }),
    );
    for (const then of afterCommit) then();
    return result;
  }

  /** The same, reading everything as it is at one moment and changing nothing; for work that may take minutes. */
  async snapshot<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    if (this.isOpen) throw new Error('A snapshot begins outside of any transaction');
    return await this.begin(tenantId, work, SNAPSHOT_STATEMENTS);
  }

  /** The tenant of the open transaction. */
  get tenantId(): string {
    return this.open().tenantId;
  }

  get isOpen(): boolean {
    return this.storage.getStore() !== undefined;
  }

  rows<T extends ObjectLiteral>(row: EntityTarget<T>): Repository<T> {
    return this.open().manager.getRepository(row);
  }

  /** SQL with $1-style parameters; columns are aliased to camelCase by the statement. */
  async query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.statement(sql, parameters)).records as T[];
  }

  /** For statements that change rows: how many. */
  async execute(sql: string, parameters: unknown[] = []): Promise<number> {
    return (await this.statement(sql, parameters)).affected ?? 0;
  }

  /** For statements that read or change a great deal at once: from here on each may take minutes, until the transaction ends. */
  async allowMinutes(): Promise<void> {
    await this.execute(MINUTES_FOR_EACH_STATEMENT);
  }

  /** For what may only be told to others once it is true, such as waking a waiting page. */
  afterCommit(then: () => void): void {
    this.open().afterCommit.push(then);
  }

  /** The structured result: TypeORM's plain one has another shape for UPDATE and DELETE than for SELECT. */
  private async statement(sql: string, parameters: unknown[]): Promise<QueryResult> {
    const runner = this.open().manager.queryRunner;
    if (!runner) throw new Error('The transaction has no query runner');
    return await runner.query(sql, parameters, true);
  }

  private open(): Open {
    const open = this.storage.getStore();
    if (!open) throw new Error('No tenant transaction is open: wrap the work in TenantTransaction.run');
    return open;
  }
}
