import axios, { isAxiosError, type AxiosInstance, type AxiosResponse } from 'axios';
import { z } from 'zod';
import { CannotOpen } from './cannot-open.js';
import { KeysUnavailable, type KeyWrapper, type WrappedKey, type WrapperHealth } from './key-wrapper.js';

export interface TransitOptions {
  /** Of the server, `https://vault.example:8200`. */
  url: string;
  token: string;
  /** Where the transit engine is mounted. */
  mount: string;
  /** Name of an AEAD key there, such as aes256-gcm96. */
  key: string;
  timeoutMs?: number;
  /** Before the second and third try. */
  retryDelayMs?: number;
}

const TRIES = 3;
const MOST_BYTES = 100_000;
/** How long the version that would wrap now is believed. */
const VERSION_LIFE_MS = 10_000;

const encrypted = z.object({ data: z.object({ ciphertext: z.string(), key_version: z.int().optional() }) });
const decrypted = z.object({ data: z.object({ plaintext: z.string() }) });
const described = z.object({ data: z.object({ latest_version: z.int(), supports_encryption: z.boolean().optional(), type: z.string() }) });

/**
 * Wraps with HashiCorp Vault's transit engine: the key never leaves that server. The context travels as associated data, which
 * the engine authenticates. Re-wrapping is decrypt and encrypt, because the engine's own rewrap takes no associated data.
 * Every call may be repeated without harm, so what fails on the way is tried three times.
 */
export class TransitWrapper implements KeyWrapper {
  private readonly http: AxiosInstance;
  private version: { latest: number; until: number } | undefined;

  constructor(private readonly options: TransitOptions) {
    this.http = axios.create({
      baseURL: `${options.url.replace(/\/+$/, '')}/v1/${options.mount}`,
      timeout: options.timeoutMs ?? 5_000,
      maxContentLength: MOST_BYTES,
      maxBodyLength: MOST_BYTES,
      maxRedirects: 0,
      headers: { 'X-Vault-Token': options.token, 'X-Vault-Request': 'true' },
      validateStatus: () => true,
    });
  }

  async currentKeyId(): Promise<string> {
    const now = performance.now();
    if (!this.version || this.version.until <= now) {
      const latest = described.safeParse(await this.ask('get', `/keys/${this.options.key}`));
      if (!latest.success) throw new KeysUnavailable('The key service does not describe the key as the transit engine does.');
      this.version = { latest: latest.data.data.latest_version, until: now + VERSION_LIFE_MS };
    }
    return this.idOf(this.version.latest);
  }

  async wrap(key: Buffer, context: readonly string[]): Promise<WrappedKey> {
    const answer = encrypted.safeParse(
      await this.ask('post', `/encrypt/${this.options.key}`, { plaintext: key.toString('base64'), associated_data: associated(context) }),
    );
    const version = answer.success ? versionOf(answer.data.data.ciphertext) : undefined;
    if (!answer.success || version === undefined) throw new KeysUnavailable('The key service answered without a ciphertext.');
    this.version = { latest: version, until: performance.now() + VERSION_LIFE_MS };
    return { keyId: this.idOf(version), wrapped: Buffer.from(answer.data.data.ciphertext, 'utf8').toString('base64url') };
  }

  async unwrap({ keyId, wrapped }: WrappedKey, context: readonly string[]): Promise<Buffer> {
    const ciphertext = Buffer.from(wrapped, 'base64url').toString('utf8');
    const version = versionOf(ciphertext);
    // The version stands in the ciphertext too; the spelling is ours to guard, since a decoder forgives what we do not.
    const isSpelled = Buffer.from(ciphertext, 'utf8').toString('base64url') === wrapped;
    if (!isSpelled || version === undefined || this.idOf(version) !== keyId) throw new CannotOpen();
    const answer = decrypted.safeParse(
      await this.ask('post', `/decrypt/${this.options.key}`, { ciphertext, associated_data: associated(context) }),
    );
    if (!answer.success) throw new KeysUnavailable('The key service answered without a plaintext.');
    return Buffer.from(answer.data.data.plaintext, 'base64');
  }

  async health(): Promise<WrapperHealth> {
    try {
      this.version = undefined;
      return { ok: true, sentence: `Keys from a transit engine; ${await this.currentKeyId()} seals.` };
    } catch (error) {
      return { ok: false, sentence: error instanceof KeysUnavailable ? error.because : 'The key service refuses us.' };
    }
  }

  private idOf(version: number): string {
    return `${this.options.key}-v${version}`;
  }

  /** @throws CannotOpen when the engine says that the ciphertext is not good, KeysUnavailable for everything else */
  private async ask(method: 'get' | 'post', path: string, body?: object): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.tryOnce(method, path, body);
      if (!('failure' in outcome)) return outcome.answer;
      if (!outcome.mayPass || attempt === TRIES) throw outcome.failure;
      await new Promise((resolve) => setTimeout(resolve, (this.options.retryDelayMs ?? 200) * attempt));
    }
  }

  private async tryOnce(
    method: 'get' | 'post',
    path: string,
    body: object | undefined,
  ): Promise<{ answer: unknown } | { failure: Error; mayPass: boolean }> {
    try {
      // The adapter's own time-out counts silence; a server that drips needs a deadline as well.
      const signal = AbortSignal.timeout(this.options.timeoutMs ?? 5_000);
      const { status, data }: AxiosResponse<unknown> = await this.http.request({ method, url: path, data: body, signal });
      if (status === 200) return { answer: data };
      if (status === 400 && path.startsWith('/decrypt/')) return { failure: new CannotOpen(), mayPass: false };
      const mayPass = status === 429 || status >= 500;
      return { failure: new KeysUnavailable(`The key service answered with status ${status}${meaningOf(status)}.`), mayPass };
    } catch (error) {
      // Never the error itself: it carries the token and the key that was to be wrapped.
      const code = isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer';
      return { failure: new KeysUnavailable(`The key service cannot be reached (${code}).`), mayPass: true };
    }
  }
}

function meaningOf(status: number): string {
  if (status === 403) return ' (KEYS_TOKEN may not use this key, or has expired)';
  if (status === 404) return ' (KEYS_TRANSIT_MOUNT or KEYS_TRANSIT_KEY does not exist there)';
  if (status === 503) return ' (it is sealed or in maintenance)';
  return '';
}

/** As JSON for the reason that gcm.ts gives. */
function associated(context: readonly string[]): string {
  return Buffer.from(JSON.stringify(context), 'utf8').toString('base64');
}

/** Of `vault:v3:<base64>` in its one proper spelling. */
function versionOf(ciphertext: string): number | undefined {
  const [, version, encoded] = /^vault:v([1-9]\d{0,8}):([A-Za-z0-9+/]+={0,2})$/.exec(ciphertext) ?? [];
  if (version === undefined || encoded === undefined) return undefined;
  return Buffer.from(encoded, 'base64').toString('base64') === encoded ? Number.parseInt(version, 10) : undefined;
}
