import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { CompanyQuery } from '../../billing/queries/company-query.js';
import { callerOf } from '../../identity/caller.js';
import { roleLabel } from '../../identity/role-label.js';
import { Sessions } from '../../identity/sessions.js';
import { SupportAccess } from '../../identity/support-access.js';
import { Config } from '../../platform/config/config.js';
import { initials } from './initials.js';
import { type ShellView, type Link, ShellViews } from './shell-view.js';
import { themeOf } from './theme.js';

/** The shell from the caller's session and their company's present state. */
@Injectable()
export class TenantShells extends ShellViews {
  constructor(
    private readonly workplace: CompanyQuery,
    private readonly connectors: ConnectorCatalog,
    private readonly sessions: Sessions,
    private readonly config: Config,
    private readonly support: SupportAccess,
  ) {
    super();
  }

  async of(request: Request, page: Parameters<ShellViews['of']>[1]): Promise<ShellView> {
    const caller = callerOf(request);
    if (!caller) throw new Error('A shell needs a handler with @Requires');
    const [workplace, memberships, support] = await Promise.all([
      this.workplace.of(caller),
      caller.personId === undefined ? [] : this.sessions.tenantsOf(caller.personId),
      this.support.inForce(caller.tenantId),
    ]);
    const sandbox = sandboxLinks(this.config, (key) => this.connectors.label(key));
    const { label: name } = caller.actor;
    return {
      toasts: [],
      ...page,
      theme: themeOf(request),
      tenant: { id: caller.tenantId, ...workplace.company },
      tenants: memberships.map(({ tenantId, tenantName, role }) => ({
        id: tenantId,
        name: tenantName,
        roleLabel: roleLabel(role),
        current: tenantId === caller.tenantId,
      })),
      person: { name, email: caller.email ?? '', initials: initials(name), roleLabel: roleLabel(caller.role) },
      permissions: caller.permissions,
      counts: workplace.counts,
      ...(workplace.source && { source: { label: workplace.source.label } }),
      ...(sandbox && { sandbox }),
      ...(support.length > 0 && {
        support: support.map(({ id, operator, role, expiresAt, enteredAt }) => ({
          operator,
          roleLabel: roleLabel(role),
          until: expiresAt.toISOString(),
          entered: enteredAt !== null,
          you: caller.actor.id === id,
        })),
      }),
      ...(workplace.erasure && { erasure: workplace.erasure }),
      ...(workplace.postingStop && { postingStop: workplace.postingStop }),
    };
  }
}

/** The pages of the pretended vendors and the mailbox, under the names people know. Undefined when live. */
export function sandboxLinks(config: Config, labelOf: (connector: string) => string): { links: Link[] } | undefined {
  if (!config.sandboxServers) return undefined;
  const urls = Object.entries(config.sandboxServers.urls).filter(([key]) => key !== 'identity');
  return { links: urls.map(([key, href]) => ({ label: key === 'mailbox' ? 'Mailbox' : labelOf(key), href })) };
}
