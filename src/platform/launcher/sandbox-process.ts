import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { GOOGLE_CLIENT, MICROSOFT_CLIENT, OIDC_CLIENT } from '../../../sandbox/msp/people.js';
import type { SandboxServers } from '../config/environment-schema.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { stopChild } from '../process/running-process.js';
import type { RunningParts } from './running-parts.js';

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 10_000;

/** The line the sandbox prints when everything in it listens. */
const readyLine = z.object({
  ready: z.literal(true),
  pid: z.int(),
  urls: z.record(z.string(), z.string()),
  smtp: z.string(),
  microsoftMetadata: z.string(),
  microsoftAuthorizationURL: z.string(),
  microsoftTid: z.string(),
  google: z.object({
    authorizationURL: z.string(),
    tokenURL: z.string(),
    userProfileURL: z.string(),
    issuer: z.string(),
    keysURL: z.string(),
  }),
  companyIssuer: z.string(),
  ca: z.string(),
  environment: z.record(z.string(), z.string()),
});

export interface StartedSandbox {
  urls: Record<string, string>;
  /** The app's variables that make it talk to the sandbox. */
  environment: Record<string, string>;
}

/** Starts the invented vendors as a process of their own. It is given no key and no database: nothing of ours can leak into it. */
export async function startSandboxServers(options: { dataDir: string; port: number }, parts: RunningParts): Promise<StartedSandbox> {
  const child = spawn(process.execPath, ['--enable-source-maps', fileURLToPath(new URL('../../sandbox/main.js', import.meta.url))], {
    env: { SANDBOX_DATA_DIR: options.dataDir, SANDBOX_PORT: String(options.port), SANDBOX_PARENT: '1', TZ: 'UTC', ...compileCache() },
    // The open pipe to its input is how it notices that we are gone.
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    windowsHide: true,
  });
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The sandbox could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(`The sandbox ended (${signal ?? `exit code ${code}`}), so everything stops.`));
  });
  parts.add({ order: 'second', died, stop: () => stopChild(child, 'SIGTERM', STOP_PATIENCE_MS) });
  const ready = await firstLine(child, died);
  const servers: SandboxServers = { pid: ready.pid, urls: ready.urls, microsoftDirectory: ready.microsoftTid };
  return {
    urls: ready.urls,
    environment: { ...ready.environment, ...signInEnvironment(ready), COUNTERSIGN_SANDBOX: JSON.stringify(servers) },
  };
}

function compileCache(): Record<string, string> {
  const folder = process.env['NODE_COMPILE_CACHE'];
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

async function firstLine(child: ChildProcess, died: Promise<string>): Promise<z.infer<typeof readyLine>> {
  const { stdout } = child;
  if (!stdout) throw new OneSentenceError('The sandbox could not be heard.');
  const lines = createInterface({ input: stdout });
  const line = new Promise<string>((resolve) => lines.once('line', resolve));
  const late = new Promise<never>((_resolve, reject) => {
    const sentence = `The sandbox did not start within ${START_PATIENCE_MS / 1_000} s.`;
    setTimeout(() => reject(new OneSentenceError(sentence)), START_PATIENCE_MS).unref();
  });
  const ended = died.then((sentence) => Promise.reject(new OneSentenceError(sentence)));
  const first = await Promise.race([line, ended, late]);
  ended.catch(() => {});
  late.catch(() => {});
  // Whatever it says later must not fill the pipe and stop it.
  lines.on('line', (text) => console.log(text));
  return readyLine.parse(JSON.parse(first));
}

function signInEnvironment(ready: z.infer<typeof readyLine>): Record<string, string> {
  return {
    GOOGLE_CLIENT_ID: GOOGLE_CLIENT.id,
    GOOGLE_CLIENT_SECRET: GOOGLE_CLIENT.secret,
    GOOGLE_AUTHORIZATION_URL: ready.google.authorizationURL,
    GOOGLE_TOKEN_URL: ready.google.tokenURL,
    GOOGLE_PROFILE_URL: ready.google.userProfileURL,
    GOOGLE_ISSUER: ready.google.issuer,
    GOOGLE_KEYS_URL: ready.google.keysURL,
    MICROSOFT_CLIENT_ID: MICROSOFT_CLIENT.id,
    MICROSOFT_CLIENT_SECRET: MICROSOFT_CLIENT.secret,
    MICROSOFT_METADATA_URL: ready.microsoftMetadata.replace(ready.microsoftTid, '{tenant}'),
    MICROSOFT_AUTHORIZATION_URL: ready.microsoftAuthorizationURL,
    OIDC_ISSUER: ready.companyIssuer,
    OIDC_CLIENT_ID: OIDC_CLIENT.id,
    OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
    SMTP_URL: ready.smtp,
    MAIL_FROM: 'Countersign <billing@countersign.example>',
    NODE_EXTRA_CA_CERTS: ready.ca,
  };
}
