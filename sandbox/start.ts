import { join } from 'node:path';
import { startSandbox, type RunningSandbox, type VendorSandbox } from './kit/server.js';
import { startIdentity, type RunningIdentity } from './identity/index.js';
import { startMailbox, type RunningMailbox } from './mailbox/index.js';
import { MSP } from './msp/msp.js';
import { LUMEN_TID } from './msp/people.js';
import { Ports, startOnFreePorts } from './ports.js';

export interface SandboxProcessOptions {
  dataDir: string;
  /** First of seven consecutive preferred ports; 0 lets the system choose them all. */
  basePort: number;
  seed: number;
  vendors: readonly VendorSandbox[];
  /** Where the app is going to listen: vendors call it there when something changes. Absent: they call nobody. */
  appUrl?: string;
}

/** What the process prints once everything listens: where the app finds the outside world. */
export interface ReadyLine {
  ready: true;
  pid: number;
  /** By vendor key, and `identity` and `mailbox`. */
  urls: Record<string, string>;
  /** The app's settings that make it talk to these vendors, providers and mail server. */
  environment: Record<string, string>;
  /** For NODE_EXTRA_CA_CERTS. */
  ca: string;
  /** What an operator makes for the invented MSP. */
  tenant: { name: string; ownerEmail: string; timeZone: string; directories: string[] };
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
    return { ready: readyLine(options.vendors, running, identity, mailbox), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startVendor(vendor: VendorSandbox, { dataDir, seed, appUrl }: SandboxProcessOptions, ports: Ports): Promise<RunningSandbox> {
  const preferred = ports.preferred(vendor.key, VENDOR_OFFSETS[vendor.key]);
  const sandbox = await startOnFreePorts([preferred], (port: number) => startSandbox(vendor, { dataDir, seed, port }));
  if (appUrl !== undefined) vendor.announceTo?.(sandbox.store, appUrl);
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

function readyLine(
  vendors: readonly VendorSandbox[],
  running: readonly RunningSandbox[],
  identity: RunningIdentity,
  mailbox: RunningMailbox,
): ReadyLine {
  const environments = vendors.map((vendor, index) => vendor.environment?.(running[index]?.url ?? ''));
  return {
    ready: true,
    pid: process.pid,
    urls: Object.fromEntries(running.map(({ key, url }) => [key, url])),
    environment: Object.assign({}, ...environments, identity.environment, mailbox.environment) as Record<string, string>,
    ca: identity.caFile,
    tenant: { name: MSP.name, ownerEmail: MSP.members[0].email, timeZone: 'America/New_York', directories: [LUMEN_TID] },
  };
}
