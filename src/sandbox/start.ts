import { join } from 'node:path';
import { startSandbox, type RunningSandbox, type VendorSandbox } from '../connectors/kit/sandbox/server.js';
import { startIdentity, type RunningIdentity } from './identity/index.js';
import { startMailbox, type RunningMailbox } from './mailbox/index.js';
import { LUMEN_TID } from './people.js';
import { Ports, startOnFreePorts } from './ports.js';

export interface SandboxProcessOptions {
  dataDir: string;
  /** First of seven consecutive preferred ports; 0 lets the system choose them all. */
  basePort: number;
  seed: number;
  vendors: readonly VendorSandbox[];
}

/** What the process prints once everything listens: where the app finds the outside world. */
export interface ReadyLine {
  ready: true;
  pid: number;
  /** By vendor key, and `identity` and `mailbox`. */
  urls: Record<string, string>;
  smtp: string;
  microsoftMetadata: string;
  /** Replaces the https authorization endpoint of the metadata, so that a browser never meets the sandbox's certificate. */
  microsoftAuthorizationURL: string;
  microsoftTid: string;
  google: RunningIdentity['google'];
  companyIssuer: string;
  /** For NODE_EXTRA_CA_CERTS. */
  ca: string;
  /** The app's settings that make it talk to these vendors. */
  environment: Record<string, string>;
}

export interface RunningSandboxProcess {
  ready: ReadyLine;
  close(): Promise<void>;
}

const VENDOR_OFFSETS: Readonly<Record<string, number>> = { connectwise: 0, quickbooks: 1, xero: 2 };
const OFFSETS = { identityHttp: 3, identityHttps: 4, mailboxHttp: 5, mailboxSmtp: 6 } as const;

/** Starts every vendor, the identity provider and the mailbox; when one of them cannot, those before it are closed again. */
export async function startSandboxProcess(options: SandboxProcessOptions): Promise<RunningSandboxProcess> {
  const ports = new Ports(join(options.dataDir, 'ports.json'), options.basePort);
  const running: RunningSandbox[] = [];
  const close = async () => {
    for (const each of running.splice(0).toReversed()) await each.close();
  };
  try {
    for (const vendor of options.vendors) running.push(await startVendor(vendor, options, ports));
    const identity = await startIdentityOn(options, ports);
    running.push(identity);
    const mailbox = await startMailboxOn(options, ports);
    running.push(mailbox);
    const environment = Object.assign(
      {},
      ...options.vendors.map((vendor, index) => vendor.environment?.(running[index]?.url ?? '')),
    ) as Record<string, string>;
    return { ready: { ...readyLine(running, identity, mailbox), environment }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startVendor(vendor: VendorSandbox, { dataDir, seed }: SandboxProcessOptions, ports: Ports): Promise<RunningSandbox> {
  const preferred = ports.preferred(vendor.key, VENDOR_OFFSETS[vendor.key]);
  const sandbox = await startOnFreePorts([preferred], (port: number) => startSandbox(vendor, { dataDir, seed, port }));
  ports.remember(vendor.key, sandbox.url);
  return sandbox;
}

async function startIdentityOn({ dataDir, seed }: SandboxProcessOptions, ports: Ports): Promise<RunningIdentity> {
  const preferred: [number, number] = [
    ports.preferred('identity-http', OFFSETS.identityHttp),
    ports.preferred('identity-https', OFFSETS.identityHttps),
  ];
  const identity = await startOnFreePorts(preferred, (httpPort, httpsPort) => startIdentity({ dataDir, seed, httpPort, httpsPort }));
  ports.remember('identity-http', identity.url);
  ports.remember('identity-https', identity.httpsUrl);
  return identity;
}

async function startMailboxOn({ dataDir, seed }: SandboxProcessOptions, ports: Ports): Promise<RunningMailbox> {
  const preferred: [number, number] = [
    ports.preferred('mailbox-http', OFFSETS.mailboxHttp),
    ports.preferred('mailbox-smtp', OFFSETS.mailboxSmtp),
  ];
  const mailbox = await startOnFreePorts(preferred, (httpPort, smtpPort) => startMailbox({ dataDir, seed, httpPort, smtpPort }));
  ports.remember('mailbox-http', mailbox.url);
  ports.remember('mailbox-smtp', mailbox.smtpUrl);
  return mailbox;
}

function readyLine(running: readonly RunningSandbox[], identity: RunningIdentity, mailbox: RunningMailbox): Omit<ReadyLine, 'environment'> {
  return {
    ready: true,
    pid: process.pid,
    urls: Object.fromEntries(running.map(({ key, url }) => [key, url])),
    smtp: mailbox.smtpUrl,
    microsoftMetadata: identity.microsoftMetadata,
    microsoftAuthorizationURL: identity.microsoftAuthorizationURL,
    microsoftTid: LUMEN_TID,
    google: identity.google,
    companyIssuer: identity.companyIssuer,
    ca: identity.caFile,
  };
}
