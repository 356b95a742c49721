import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { ConnectionRepository } from './connection.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectorRegistry } from './connector-registry.js';
import { PaceRepository } from './pace.repository.js';
import { waitFor, windowsOf, type SpentSlice } from './pace-windows.js';

/** Shorter waits are no news: the next request goes before anybody has read of them. */
const WORTH_TELLING_MS = 3_000;

/** Which connections wait for a limit of their vendor, for people to see. Whoever sends asks the pacer. */
@Injectable()
export class LimitWaits {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRepository,
    private readonly registry: ConnectorRegistry,
    private readonly clock: Clock,
    private readonly pace: PaceRepository,
  ) {}

  /** By connection id: when its next request may go. Connections that may send now are absent. */
  async until(tenantId: string): Promise<ReadonlyMap<string, Date>> {
    const now = this.clock.now();
    const [connections, slices] = await this.tx.run(tenantId, async () => [await this.connections.all(), await this.pace.allSlices()]);
    const waits = connections.flatMap(({ id, connector }): [string, Date][] => {
      const waitMs = this.registry.has(connector) ? this.waitMs(connector, ownSlices(slices, id), now) : 0;
      return waitMs < WORTH_TELLING_MS ? [] : [[id, new Date(now.getTime() + waitMs)]];
    });
    return new Map(waits);
  }

  private waitMs(connector: string, slices: readonly SpentSlice[], now: Date): number {
    const { limits } = this.registry.get(connector).descriptor;
    const paused = slices.filter(({ span }) => span === 'pause').map(({ slice }) => slice.getTime() - now.getTime());
    return Math.max(0, ...paused, ...windowsOf(limits, 'batch').map((window) => waitFor(window, slices, now)));
  }
}

function ownSlices(slices: readonly (SpentSlice & { connectionId: string })[], connectionId: string): SpentSlice[] {
  return slices.filter((slice) => slice.connectionId === connectionId);
}
