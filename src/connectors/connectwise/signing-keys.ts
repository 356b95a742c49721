import type { AxiosInstance } from 'axios';
import { z } from 'zod';
import { isConnectorError } from '../../ports/connector-error.js';
import type { Credentials } from '../../ports/connector.js';
import { authHeaders } from './client.js';
import type { ConnectwiseSettings } from './descriptor.js';
import { connectwiseHttp } from './http.js';
import { siteOf } from './site.js';

const MOST_KEYS = 500;
const ASK_AGAIN_AFTER_MS = 60_000;
const KEY_PATH = /^\/+[A-Za-z0-9_.]+\/+system\/+callbackkey\/+index\.rails$/;
const TIMEOUT_MS = 4_000;

const answer = z.object({ signing_key: z.string().min(1) });

interface Known {
  key: string | undefined;
  askedAt: number;
}

/**
 * The keys that callbacks are signed with. A callback names the address of its own key, which nobody may believe: only
 * our own host is ever asked, only for our own company, and only at the path where keys are.
 */
export class SigningKeys {
  private readonly http: AxiosInstance;
  private readonly known = new Map<string, Known>();

  constructor(private readonly settings: ConnectwiseSettings) {
    // The vendor waits five seconds for our answer.
    this.http = connectwiseHttp(settings, { timeoutMs: Math.min(TIMEOUT_MS, settings.CONNECTWISE_TIMEOUT_MS), maxAnswerBytes: 10_000 });
  }

  /** The remembered key; asked for when there is none. */
  async current(claimed: string, credentials: Credentials): Promise<string | undefined> {
    const address = this.ownAddress(claimed, credentials);
    if (!address) return undefined;
    const known = this.known.get(address);
    return known?.key ?? this.ask(address, credentials);
  }

  /** Asked anew after the remembered one did not fit, but not for every forged callback. */
  renewed(claimed: string, credentials: Credentials): Promise<string | undefined> {
    const address = this.ownAddress(claimed, credentials);
    return address ? this.ask(address, credentials) : Promise.resolve(undefined);
  }

  private async ask(address: string, credentials: Credentials): Promise<string | undefined> {
    const before = this.known.get(address);
    if (before && Date.now() - before.askedAt < ASK_AGAIN_AFTER_MS) return before.key;
    const key = await this.fetchKey(address, credentials);
    this.known.delete(address);
    this.known.set(address, { key: key ?? before?.key, askedAt: Date.now() });
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_KEYS && oldest !== undefined) this.known.delete(oldest);
    return key;
  }

  private async fetchKey(address: string, credentials: Credentials): Promise<string | undefined> {
    try {
      const headers = authHeaders(this.settings, siteOf(this.settings, credentials), credentials);
      const { status, data } = await this.http.get<string>(address, { headers });
      return status < 300 ? keyIn(data) : undefined;
    } catch (error) {
      if (isConnectorError(error)) return undefined;
      throw error;
    }
  }

  private ownAddress(claimed: string, credentials: Credentials): string | undefined {
    if (!URL.canParse(claimed)) return undefined;
    const url = new URL(claimed);
    const site = siteOf(this.settings, credentials);
    const own = [site.apiUrl, this.settings.CONNECTWISE_API_URL ?? `https://${credentials['site'] ?? ''}`].map(
      (text) => new URL(text).origin,
    );
    const company = url.searchParams.get('companyName') ?? '';
    const id = url.searchParams.get('id') ?? '';
    const isOurs = own.includes(url.origin) && KEY_PATH.test(url.pathname) && company.toLowerCase() === site.company.toLowerCase();
    if (!isOurs || url.username !== '' || !/^[A-Za-z0-9-]{1,64}$/.test(id)) return undefined;
    return `${url.origin}${url.pathname.replace(/\/+/g, '/')}?companyName=${encodeURIComponent(site.company)}&id=${id}`;
  }
}

/** The vendor calls this answer HTML, and it is JSON. */
function keyIn(text: string): string | undefined {
  try {
    const read = answer.safeParse(JSON.parse(text));
    return read.success ? read.data.signing_key : undefined;
  } catch {
    return undefined;
  }
}
