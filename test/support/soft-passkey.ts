import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

export interface Faults {
  origin?: string;
  rpId?: string;
  /** The person did not unlock it. */
  unverified?: boolean;
  counter?: number;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const WITH_KEY = 0x40;

/** An authenticator as WebAuthn describes it, with a real P-256 key: attestation "none", counter 0 as on most phones. */
export class SoftPasskey {
  readonly id = randomBytes(32);
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(private readonly origin: string) {}

  make(challenge: string, faults: Faults = {}): RegistrationResponseJSON {
    const jwk = this.keys.publicKey.export({ format: 'jwk' });
    const cose = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytesOf(jwk.x)],
      [-3, bytesOf(jwk.y)],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const authData = Buffer.concat([this.head(WITH_KEY, faults), Buffer.alloc(16), length, this.id, isoCBOR.encode(cose)]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    const attestationObject = Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url');
    const clientDataJSON = this.clientData('webauthn.create', challenge, faults).toString('base64url');
    return { ...this.frame(), response: { clientDataJSON, attestationObject, transports: ['internal'] } };
  }

  use(challenge: string, faults: Faults = {}): AuthenticationResponseJSON {
    const authData = this.head(0, faults);
    const clientData = this.clientData('webauthn.get', challenge, faults);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    const signature = sign('sha256', signed, this.keys.privateKey).toString('base64url');
    const response = { clientDataJSON: clientData.toString('base64url'), authenticatorData: authData.toString('base64url'), signature };
    return { ...this.frame(), response };
  }

  private frame() {
    const id = this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} };
  }

  private head(flags: number, { rpId, unverified, counter = 0 }: Faults): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const hash = createHash('sha256')
      .update(rpId ?? new URL(this.origin).hostname)
      .digest();
    return Buffer.concat([hash, Buffer.from([flags | PRESENT | (unverified ? 0 : VERIFIED)]), count]);
  }

  private clientData(type: string, challenge: string, { origin }: Faults): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: origin ?? this.origin, crossOrigin: false }));
  }
}

function bytesOf(text = ''): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
