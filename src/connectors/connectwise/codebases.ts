import type { AxiosInstance } from 'axios';
import { isConnectorError } from '../../ports/connector-error.js';
import { lookUpCompany } from './company-info.js';
import type { Site } from './site.js';

const ASK_AGAIN_AFTER_MS = 60_000;

/**
 * Upgrades of the cloud move a company to another code base, and what was stored when it was connected stops working.
 * The newer one is remembered for the life of the process, for all connections.
 */
export class Codebases {
  private readonly known = new Map<string, { codebase: string; askedAt: number }>();

  current(site: Site): string {
    return this.known.get(keyOf(site))?.codebase ?? site.codebase;
  }

  /** Looks the company up anew, at most once a minute; true when that brought another code base than `used`. */
  async hasMoved(http: AxiosInstance, site: Site, used: string, now: Date, signal: AbortSignal): Promise<boolean> {
    const known = this.known.get(keyOf(site));
    if (known && known.codebase !== used) return true;
    if (known && now.getTime() - known.askedAt < ASK_AGAIN_AFTER_MS) return false;
    this.known.set(keyOf(site), { codebase: used, askedAt: now.getTime() });
    try {
      const { codebase } = await lookUpCompany(http, site.appUrl, site.company, signal);
      this.known.set(keyOf(site), { codebase, askedAt: now.getTime() });
      return codebase !== used;
    } catch (error) {
      // The refusal that made us ask says more than a lookup that failed as well.
      if (isConnectorError(error)) return false;
      throw error;
    }
  }
}

const keyOf = (site: Site): string => `${site.appUrl} ${site.company.toLowerCase()}`;
