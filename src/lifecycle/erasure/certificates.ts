import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import { Config } from '../../platform/config/config.js';

/** What a certificate says; which fields depends on what was erased. */
export type CertificateBody = Readonly<Record<string, unknown>> & { kind: string };

export interface SignedCertificate {
  /** With the public key, so that anybody can check the signature without us. */
  body: CertificateBody;
  /** SHA-256 of the body in canonical JSON (RFC 8785). */
  sha256: string;
  /** Ed25519 over the same bytes, base64. */
  signature: string;
}

/** PKCS #8 around the 32 bytes of an Ed25519 key. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs what was erased, so that nobody can change a certificate later or make one up. The key follows from the key ring's current
 * key; its public half stands in each certificate and on the page of data flows.
 */
@Injectable()
export class Certificates {
  private readonly privateKey: KeyObject;
  readonly publicKey: string;
  private readonly publicKeys: ReadonlySet<string>;

  constructor(config: Config) {
    const { current, byId } = config.keys;
    this.privateKey = privateKeyOf(current.bytes);
    this.publicKey = publicHalf(this.privateKey);
    this.publicKeys = new Set([...byId.values()].map(({ bytes }) => publicHalf(privateKeyOf(bytes))));
  }

  issue(content: CertificateBody): SignedCertificate {
    const body = { ...content, issuer: 'Countersign', publicKey: this.publicKey };
    const bytes = canonical(body);
    return {
      body,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      signature: sign(null, bytes, this.privateKey).toString('base64'),
    };
  }

  /** Whether the certificate is as it was issued here, under any key of the ring. */
  isGenuine({ body, sha256, signature }: SignedCertificate): boolean {
    const { publicKey } = body;
    if (typeof publicKey !== 'string' || !this.publicKeys.has(publicKey)) return false;
    const bytes = canonical(body);
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return createHash('sha256').update(bytes).digest('hex') === sha256 && verify(null, bytes, key, Buffer.from(signature, 'base64'));
  }
}

function privateKeyOf(ringKey: Buffer): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', ringKey, '', 'countersign certificates v1', 32));
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

function publicHalf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}

function canonical(body: CertificateBody): Buffer {
  // A trip through JSON first: what is stored and read again must give the same bytes.
  const text = canonicalize(JSON.parse(JSON.stringify(body)) as unknown);
  if (text === undefined) throw new TypeError('A certificate must be an object');
  return Buffer.from(text, 'utf8');
}
