import { Injectable } from '@nestjs/common';
import { ConnectorRegistry } from '../connections/connector-registry.js';
import { Config } from '../platform/config/config.js';
import type { ConnectorDescriptor } from '../ports/connector.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** One place that data of a company goes to or comes from. */
export interface DataFlow {
  name: string;
  /** Host, or what can be said of the place. */
  where: string;
  purpose: string;
  data: string;
  /** Whether it takes part for this company at this moment. */
  active: boolean;
}

export interface DataFlows {
  /** Where the data rests. */
  home: DataFlow[];
  /** Who is told something, or tells us something. */
  others: DataFlow[];
  /** In the operator's words; absent: nobody has said. */
  region?: string;
}

/** Settings of parts that an installation may not have. */
type Optional = Config & {
  telemetry?: { otlpEndpoint?: string | undefined };
  oidc?: { label: string; issuer: string } | undefined;
};

/** Sub-processors and data flows, as this installation is configured: nothing here is written by hand about a vendor. */
@Injectable()
export class Flows {
  private readonly config: Optional;

  constructor(
    private readonly tx: TenantTransaction,
    private readonly links: ConnectionRepository,
    private readonly registry: ConnectorRegistry,
    config: Config,
  ) {
    this.config = config;
  }

  async of(tenantId: string): Promise<DataFlows> {
    const connections = await this.tx.run(tenantId, () => this.links.all());
    return {
      home: this.home(),
      others: [...this.vendors(connections), ...this.signIn(), ...this.services()],
      ...(this.config.dataRegion !== undefined && { region: this.config.dataRegion }),
    };
  }

  private home(): DataFlow[] {
    const keys = this.config.keyService;
    return [
      {
        name: 'Database',
        where: hostOf(this.config.database.appUrl),
        purpose: 'Keeps everything: invoices, PDFs, people, the record of events.',
        data: 'All of it, each company apart by row level security.',
        active: true,
      },
      {
        name: 'Application',
        where: hostOf(this.config.publicUrl),
        purpose: 'Shows pages, prints PDFs, talks to the systems below. Exports lie here for a day.',
        data: 'All of it, while it is worked on.',
        active: true,
      },
      {
        name: 'Keys',
        where: keys ? hostOf(keys.url) : 'this installation',
        purpose: keys ? 'A key service wraps the key of each company.' : 'A key ring held by the operator wraps the key of each company.',
        data: 'Wrapped keys only, never an invoice.',
        active: true,
      },
    ];
  }

  private vendors(connections: readonly ConnectionEntity[]): DataFlow[] {
    return this.registry.descriptors().map((descriptor) => {
      const own = connections.filter(({ connector, state }) => connector === descriptor.key && state !== 'disconnected');
      const places = own.map(({ label, apiAddress }) => (apiAddress === null ? label : `${label} (${hostOf(apiAddress)})`));
      return { name: descriptor.label, where: places.join(', ') || 'not connected', active: own.length > 0, ...whatGoes(descriptor) };
    });
  }

  private signIn(): DataFlow[] {
    const { google, microsoft, oidc } = this.config;
    const providers = [
      ...(google ? [{ name: 'Google sign-in', where: hostOf(google.authorizationUrl) }] : []),
      ...(microsoft ? [{ name: 'Microsoft sign-in', where: hostOf(microsoft.metadataUrl.replace('{tenant}', 'common')) }] : []),
      ...(oidc ? [{ name: `${oidc.label} sign-in`, where: hostOf(oidc.issuer) }] : []),
    ];
    return providers.map((provider) => ({
      ...provider,
      purpose: 'Says who is signing in.',
      data: 'The person’s id, name and e-mail address come from there. Nothing about invoices goes there.',
      active: true,
    }));
  }

  private services(): DataFlow[] {
    const { mail, telemetry } = this.config;
    return [
      {
        name: 'Mail server',
        where: mail ? hostOf(mail.smtpUrl) : 'none',
        purpose: 'Carries sign-in codes and invitations.',
        data: 'E-mail addresses, names, the company’s name. No invoice.',
        active: mail !== undefined,
      },
      ...(telemetry
        ? [
            {
              name: 'Traces',
              where: telemetry.otlpEndpoint === undefined ? 'none' : hostOf(telemetry.otlpEndpoint),
              purpose: 'Shows the operator where time goes and what fails.',
              data: 'Names of routes and jobs, durations, ids. No names of people, no amounts.',
              active: telemetry.otlpEndpoint !== undefined,
            },
          ]
        : []),
    ];
  }
}

/** By what a connector says that it can do. */
function whatGoes({ capabilities }: ConnectorDescriptor): { purpose: string; data: string } {
  const { billingSource, accountingLedger, paymentSink } = capabilities;
  const parts = [
    ...(billingSource
      ? ['invoices, customers, agreements, time entries and the names and addresses of your staff are read from there']
      : []),
    ...(paymentSink ? ['payments and billing statuses are written there'] : []),
    ...(accountingLedger ? ['approved invoices with their customers, lines and PDFs are written there, payments are read from there'] : []),
  ];
  const text = parts.join('; ');
  return {
    purpose: [
      ...(billingSource ? ['Where invoices come from.'] : []),
      ...(accountingLedger ? ['The books that invoices are posted to.'] : []),
    ].join(' '),
    data: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
  };
}

/** Never the user, password or path of an address. */
function hostOf(address: string): string {
  const { hostname } = new URL(address);
  return ['localhost', '127.0.0.1', '[::1]', ''].includes(hostname) ? 'this machine' : hostname;
}
