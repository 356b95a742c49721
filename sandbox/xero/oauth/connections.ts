import { randomUUID } from 'node:crypto';
import type { SandboxContext } from '../../kit/server.js';
import type { OrganisationRecord } from '../records.js';
import type { Grant } from './tokens.js';

export interface ConnectionRecord {
  id: string;
  userId: string;
  authEventId: string;
  tenantId: string;
  createdAt: string;
  updatedAt: string;
}

/** Which organisations an app may see; consent makes them, revocation and `DELETE /connections/{id}` end them. */
export class Connections {
  constructor(private readonly context: SandboxContext) {}

  connect(grant: Grant): void {
    const now = this.context.clock.now().toISOString();
    for (const { id: tenantId } of this.context.store.all<OrganisationRecord>('organisation')) {
      const connection: ConnectionRecord = {
        id: randomUUID(),
        userId: grant.userId,
        authEventId: grant.authEventId,
        tenantId,
        createdAt: now,
        updatedAt: now,
      };
      this.context.store.put('connection', connection.id, connection);
    }
  }

  of(grant: Grant): ConnectionRecord[] {
    return this.context.store.all<ConnectionRecord>('connection').filter((connection) => connection.userId === grant.userId);
  }

  remove(grant: Grant, id: string): boolean {
    const connection = this.of(grant).find((candidate) => candidate.id === id.toLowerCase());
    if (connection) this.context.store.delete('connection', connection.id);
    return connection !== undefined;
  }

  removeAll(grant: Grant): void {
    for (const connection of this.of(grant)) this.context.store.delete('connection', connection.id);
  }

  /** The camelCase row of `GET /connections`. */
  view(connection: ConnectionRecord): Record<string, string> {
    const organisation = this.context.store.get<OrganisationRecord>('organisation', connection.tenantId);
    return {
      id: connection.id,
      authEventId: connection.authEventId,
      tenantId: connection.tenantId,
      tenantType: 'ORGANISATION',
      tenantName: organisation?.name ?? '',
      createdDateUtc: sevenDigits(connection.createdAt),
      updatedDateUtc: sevenDigits(connection.updatedAt),
    };
  }
}

/** `2026-11-20T02:15:31.0040000`: seven digits of a second and no Z. */
function sevenDigits(instant: string): string {
  return `${instant.slice(0, -1)}0000`;
}
