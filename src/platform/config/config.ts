import type { EdgeSettings } from './edge-variables.js';
import type { LogLevel, MicrosoftLibrary, ProcessRole, SandboxServers } from './environment-schema.js';
import type { KeyRing } from './key-ring.js';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface OAuthClient {
  clientId: string;
  clientSecret: string;
}

export interface Settings {
  port: number;
  /** '127.0.0.1' in the sandbox: invented data and open sign-in are for this machine alone. */
  host: string;
  /** Absolute path. */
  dataDir: string;
  /** Where people reach us, without a trailing slash. */
  publicUrl: string;
  /** Proxies before us, whose word on where a request came from counts; empty: nobody's. */
  trustedProxies: readonly string[];
  role: ProcessRole;
  sandbox: boolean;
  keys: KeyRing;
  /** Where `keys` came from, when from a file; it is read again when it changes. */
  keysFile: string | undefined;
  /** A transit engine that wraps instead of `keys`. */
  keyService: { url: string; token: string; mount: string; key: string } | undefined;
  logLevel: LogLevel;
  chromePath: string | undefined;
  /** Whether documents are also printed where Chromium cannot have its own sandbox. */
  chromeMayLackSandbox: boolean;
  /** Warm pages for printing documents. */
  renderPages: number;
  /** How long an unanswered write stays in doubt, and after how long its sender is taken for dead. */
  posting: { quarantineSeconds: number; leaseSeconds: number };
  /** How long an owner may undo the erasure of the company. */
  erasureGraceDays: number;
  /** Where the data is, in the operator's words. */
  dataRegion: string | undefined;
  mail: { smtpUrl: string; from: string } | undefined;
  google: (OAuthClient & { authorizationUrl: string; tokenUrl: string; profileUrl: string; issuer: string; keysUrl: string }) | undefined;
  /** `metadataUrl` holds `{tenant}` where the directory id goes; `authorizationUrl` replaces the one of the metadata when set. */
  microsoft: (OAuthClient & { metadataUrl: string; authorizationUrl: string | undefined; library: MicrosoftLibrary }) | undefined;
  /** Any other OpenID provider. `trustEmail`: its verified e-mail is as good as a code sent to that address. */
  oidc: (OAuthClient & { issuer: string; label: string; trustEmail: boolean }) | undefined;
  /** First of the ports that the sandbox's servers prefer. */
  sandboxPort: number;
  /** Where the heads of the audit log go every day, besides a file. */
  auditHeadUrl: string | undefined;
  /** How the world reaches us, and how much it may ask. */
  edge: EdgeSettings;
  /** `metricsToken` opens /metrics and the details of /health; without an endpoint no traces are sent. */
  telemetry: { metricsToken: string | undefined; otlpEndpoint: string | undefined };
  /** `at`: time of day in UTC, undefined when no copies are made by themselves. */
  backup: { dir: string; keep: number; at: string | undefined };
}

/** Everything the environment says, read once at start and frozen. Injectable by this class. */
export class Config implements Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  readonly role: ProcessRole;
  readonly sandbox: boolean;
  readonly keys: KeyRing;
  readonly keysFile: string | undefined;
  readonly keyService: Settings['keyService'];
  readonly logLevel: LogLevel;
  readonly chromePath: string | undefined;
  readonly chromeMayLackSandbox: boolean;
  readonly renderPages: number;
  readonly posting: Settings['posting'];
  readonly erasureGraceDays: number;
  readonly dataRegion: string | undefined;
  readonly mail: Settings['mail'];
  readonly google: Settings['google'];
  readonly microsoft: Settings['microsoft'];
  readonly oidc: Settings['oidc'];
  readonly sandboxPort: number;
  readonly auditHeadUrl: string | undefined;
  readonly edge: EdgeSettings;
  readonly telemetry: Settings['telemetry'];
  readonly backup: Settings['backup'];

  constructor(
    settings: Settings,
    readonly database: Readonly<{ appUrl: string; schedulerUrl: string }>,
    /** Undefined when live. */
    readonly sandboxServers: Readonly<Pick<SandboxServers, 'pid' | 'urls'>> | undefined,
    /** The variables that connectors declare, as given, after each schema has found them good. */
    readonly connectorEnvironment: Environment,
    /** Names our process once the sandbox has been set up. */
    readonly demoFile?: string,
    /** Why the app runs under the account that knows the password of the database's owner; undefined when it does not. */
    readonly sharedAccount?: string,
  ) {
    this.port = settings.port;
    this.host = settings.host;
    this.dataDir = settings.dataDir;
    this.publicUrl = settings.publicUrl;
    this.trustedProxies = Object.freeze([...settings.trustedProxies]);
    this.role = settings.role;
    this.sandbox = settings.sandbox;
    this.keys = settings.keys;
    this.keysFile = settings.keysFile;
    this.keyService = Object.freeze(settings.keyService);
    this.logLevel = settings.logLevel;
    this.chromePath = settings.chromePath;
    this.chromeMayLackSandbox = settings.chromeMayLackSandbox;
    this.renderPages = settings.renderPages;
    this.posting = Object.freeze(settings.posting);
    this.erasureGraceDays = settings.erasureGraceDays;
    this.dataRegion = settings.dataRegion;
    this.mail = Object.freeze(settings.mail);
    this.google = Object.freeze(settings.google);
    this.microsoft = Object.freeze(settings.microsoft);
    this.oidc = Object.freeze(settings.oidc);
    this.sandboxPort = settings.sandboxPort;
    this.auditHeadUrl = settings.auditHeadUrl;
    this.edge = Object.freeze(settings.edge);
    this.telemetry = Object.freeze(settings.telemetry);
    this.backup = Object.freeze(settings.backup);
    Object.freeze(database);
    Object.freeze(sandboxServers);
    Object.freeze(connectorEnvironment);
    Object.freeze(this);
  }
}
