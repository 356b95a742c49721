import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface ServerCertificate {
  /** File with the authority that a client has to trust, for NODE_EXTRA_CA_CERTS. */
  caFile: string;
  /** PEM. */
  cert: string;
  key: string;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 1_825;
const RENEW_BEFORE_DAYS = 30;

/** The certificate of 127.0.0.1 and localhost in this folder, made on first use and renewed before it runs out. */
export async function serverCertificate(folder: string, now: Date): Promise<ServerCertificate> {
  const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  const kept = read(files);
  if (kept && usable(kept, now)) return { caFile: files.ca, cert: kept.cert, key: kept.key };
  const made = await issue(now);
  mkdirSync(folder, { recursive: true });
  writeFileSync(files.key, made.key, { mode: 0o600 });
  writeFileSync(files.cert, made.cert);
  writeFileSync(files.ca, made.ca);
  return { caFile: files.ca, cert: made.cert, key: made.key };
}

function read(files: { ca: string; cert: string; key: string }): { ca: string; cert: string; key: string } | undefined {
  try {
    return { ca: readFileSync(files.ca, 'utf8'), cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
  } catch {
    return undefined;
  }
}

function usable({ ca, cert }: { ca: string; cert: string }, now: Date): boolean {
  try {
    const server = new X509Certificate(cert);
    const signed = server.verify(new X509Certificate(ca).publicKey);
    return signed && server.validToDate.getTime() - now.getTime() > RENEW_BEFORE_DAYS * DAY_MS;
  } catch {
    return false;
  }
}

/**
 * The authority's key is thrown away once it has signed this one certificate, so that whoever trusts the authority
 * trusts nothing but the sandbox.
 */
async function issue(now: Date): Promise<{ ca: string; cert: string; key: string }> {
  const validity = { notBeforeDate: new Date(now.getTime() - DAY_MS), notAfterDate: new Date(now.getTime() + LIFETIME_DAYS * DAY_MS) };
  // A name of its own: between two authorities of one name a client picks either, and the signature then fails by chance.
  const name = `Countersign sandbox authority ${randomBytes(8).toString('hex')}`;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...validity,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    ...validity,
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
