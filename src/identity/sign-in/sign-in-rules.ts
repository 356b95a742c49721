import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../database/audit/audit-log.js';
import type { TenantSettingsEntity } from '../tenant-settings.entity.js';
import { TenantSettingsRepository } from '../tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import type { Caller } from '../caller.js';
import { IdentityRefusal } from '../identity-refusal.js';

export const SIGN_IN_WAYS = ['google', 'microsoft', 'oidc', 'email'] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

/** By which ways people come into a tenant. They need an invitation in any case. */
export interface SignInRules {
  ways: SignInWay[];
  /** Microsoft directories; none: nobody comes from Microsoft. */
  directories: string[];
  /** Workspace domains; none: Google accounts of any kind. */
  googleDomains: string[];
}

const MOST = 20;
const DIRECTORY = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** What a tenant asks of those who come in. It holds from the next request on, for everybody who is in already. */
@Injectable()
export class SignInRulesOfTenant {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly settings: TenantSettingsRepository,
    private readonly audit: AuditLog,
  ) {}

  async read(tenantId: string): Promise<SignInRules> {
    return await this.tx.run(tenantId, () => this.rules());
  }

  /** @throws IdentityRefusal with the field that cannot be so; and when it would lock out whoever asks for it */
  async change({ tenantId, actor, cameBy }: Caller, wanted: SignInRules): Promise<void> {
    if (!cameBy) {
      throw new IdentityRefusal('would_lock_out', 'Only somebody who is signed in can change this: a key could lock everybody out.');
    }
    const rules = checked(wanted);
    await this.tx.run(tenantId, async () => {
      const before = await this.rules();
      await this.settings.change(columns(rules));
      const problem = await this.settings.admissionProblem(cameBy);
      if (problem !== undefined) {
        throw new IdentityRefusal(
          'would_lock_out',
          'Nothing was saved: this would lock you out, because you are signed in a way that it does not allow. Sign in as it will be asked first, then save.',
          FIELD_OF[problem],
        );
      }
      await this.audit.record(actor, { action: 'sign_in_rules.changed', subject: { kind: 'tenant', id: tenantId }, before, after: rules });
    });
  }

  private async rules(): Promise<SignInRules> {
    const row = await this.settings.get();
    return { ways: row.signInMethods, directories: row.allowedDirectories, googleDomains: row.googleDomains };
  }
}

const FIELD_OF: Readonly<Record<string, keyof SignInRules>> = { method: 'ways', directory: 'directories', domain: 'googleDomains' };

function columns({ ways, directories, googleDomains }: SignInRules): Partial<TenantSettingsEntity> {
  return { signInMethods: ways, allowedDirectories: directories, googleDomains };
}

function checked(wanted: SignInRules): SignInRules {
  const ways = SIGN_IN_WAYS.filter((way) => wanted.ways.includes(way));
  const directories = tidied(wanted.directories);
  const googleDomains = tidied(wanted.googleDomains.map((domain) => domain.replace(/^@/, '')));
  if (ways.length === 0) throw new IdentityRefusal('bad_methods', 'Leave at least one way in.', 'ways');
  const noDirectory = directories.find((id) => !DIRECTORY.test(id));
  if (noDirectory !== undefined)
    throw new IdentityRefusal('bad_directory', `"${noDirectory}" is not a directory id. It looks like 8b6ff1a4-….`, 'directories');
  const noDomain = googleDomains.find((domain) => !DOMAIN.test(domain));
  if (noDomain !== undefined)
    throw new IdentityRefusal('bad_domain', `"${noDomain}" is not a domain. It looks like company.com.`, 'googleDomains');
  if (directories.length > MOST) throw new IdentityRefusal('bad_directory', `At most ${MOST} directories can be allowed.`, 'directories');
  if (googleDomains.length > MOST) throw new IdentityRefusal('bad_domain', `At most ${MOST} domains can be allowed.`, 'googleDomains');
  return { ways, directories, googleDomains };
}

function tidied(list: readonly string[]): string[] {
  return [...new Set(list.map((each) => each.trim().toLowerCase()).filter(Boolean))];
}
