import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { decrypt, encrypt } from './gcm.js';

interface Exchange {
  method: string;
  path: string;
  body: string;
}

type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers like the transit engine: versions, associated data, its status codes and its way to say errors. */
export class TransitServer {
  readonly token = `hvs.${randomBytes(18).toString('base64url')}`;
  readonly seen: Exchange[] = [];
  /** How the next requests go wrong, first to last. */
  readonly trouble: Misbehaviour[] = [];
  private readonly versions: Buffer[] = [randomBytes(32)];
  private server: Server | undefined;

  constructor(private readonly tls?: { key: string; cert: string }) {}

  async start(): Promise<string> {
    const handle = (request: IncomingMessage, response: ServerResponse) => void this.handle(request, response);
    const server = this.tls ? createTlsServer(this.tls, handle) : createServer(handle);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `${this.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** `vault write -f transit/keys/countersign/rotate` */
  rotate(): void {
    this.versions.push(randomBytes(32));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    this.seen.push({ method: request.method ?? '', path: request.url ?? '', body });
    const trouble = this.trouble.shift();
    if (trouble) return trouble(request, response);
    const [status, answer] = this.answer(request, body === '' ? {} : (JSON.parse(body) as Record<string, string>));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private answer(request: IncomingMessage, body: Record<string, string>): [number, object] {
    if (request.headers['x-vault-token'] !== this.token) return [403, { errors: ['permission denied'] }];
    const context = [Buffer.from(body['associated_data'] ?? '', 'base64').toString('utf8')];
    switch (`${request.method} ${request.url}`) {
      case 'GET /v1/transit/keys/countersign':
        return [200, { data: { type: 'aes256-gcm96', latest_version: this.versions.length, supports_encryption: true } }];
      case 'POST /v1/transit/encrypt/countersign': {
        const sealed = encrypt(this.versions.at(-1) ?? Buffer.alloc(0), Buffer.from(body['plaintext'] ?? '', 'base64'), context);
        const ciphertext = `vault:v${this.versions.length}:${sealed.toString('base64')}`;
        return [200, { data: { ciphertext, key_version: this.versions.length } }];
      }
      case 'POST /v1/transit/decrypt/countersign':
        return this.decrypted(body['ciphertext'] ?? '', context);
      default:
        return [404, { errors: [] }];
    }
  }

  private decrypted(ciphertext: string, context: string[]): [number, object] {
    const [, version = '', encoded = ''] = /^vault:v(\d+):(.*)$/.exec(ciphertext) ?? [];
    try {
      const key = this.versions[Number.parseInt(version, 10) - 1] ?? Buffer.alloc(0);
      return [200, { data: { plaintext: decrypt(key, Buffer.from(encoded, 'base64'), context).toString('base64') } }];
    } catch {
      return [400, { errors: ['cipher: message authentication failed'] }];
    }
  }
}
