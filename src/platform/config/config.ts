import type { LogLevel, Role } from './environment-schema.js';
import type { KeyRing } from './key-ring.js';

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
  role: Role;
  sandbox: boolean;
  keys: KeyRing;
  logLevel: LogLevel;
  chromePath: string | undefined;
  /** Warm pages for printing documents. */
  renderPages: number;
  mail: { smtpUrl: string; from: string } | undefined;
  google: (OAuthClient & { authorizationUrl: string; tokenUrl: string; profileUrl: string }) | undefined;
  /** `metadataUrl` holds `{tenant}` where the directory id goes. */
  microsoft: (OAuthClient & { metadataUrl: string }) | undefined;
}

/** Everything the environment says, read once at start and frozen. Injectable by this class. */
export class Config implements Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly role: Role;
  readonly sandbox: boolean;
  readonly keys: KeyRing;
  readonly logLevel: LogLevel;
  readonly chromePath: string | undefined;
  readonly renderPages: number;
  readonly mail: Settings['mail'];
  readonly google: Settings['google'];
  readonly microsoft: Settings['microsoft'];

  constructor(
    settings: Settings,
    readonly database: Readonly<{ appUrl: string; schedulerUrl: string }>,
    /** Addresses of the sandbox's servers by key (`identity`, `mailbox`, a connector's key); empty when live. */
    readonly sandboxUrls: Readonly<Record<string, string>>,
    readonly sandboxPid: number | undefined,
    private readonly connectorConfigs: ReadonlyMap<string, unknown>,
  ) {
    this.port = settings.port;
    this.host = settings.host;
    this.dataDir = settings.dataDir;
    this.publicUrl = settings.publicUrl;
    this.role = settings.role;
    this.sandbox = settings.sandbox;
    this.keys = settings.keys;
    this.logLevel = settings.logLevel;
    this.chromePath = settings.chromePath;
    this.renderPages = settings.renderPages;
    this.mail = Object.freeze(settings.mail);
    this.google = Object.freeze(settings.google);
    this.microsoft = Object.freeze(settings.microsoft);
    Object.freeze(database);
    Object.freeze(sandboxUrls);
    Object.freeze(this);
  }

  /** What a connector's own schema made of the environment. The schema is the caller's, so the caller knows the shape. */
  connector(key: string): unknown {
    if (!this.connectorConfigs.has(key)) throw new Error(`No configuration was loaded for connector "${key}".`);
    return this.connectorConfigs.get(key);
  }
}
