import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../database/audit/audit-log.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import type { Caller } from '../caller.js';
import { PersonRepository, type AdmissionProblem } from '../person.repository.js';
import type { TenantSettingsEntity } from '../tenant-settings.entity.js';
import { TenantSettingsRepository } from '../tenant-settings.repository.js';
import { IdentityRefusal, type RefusalReason } from '../identity-refusal.js';
import { proofOf, type Confirmed } from './confirmed.js';

const REASONS: Readonly<Record<AdmissionProblem, RefusalReason>> = {
  method: 'way_not_allowed',
  directory: 'directory_not_allowed',
  domain: 'domain_not_allowed',
};

const WORDS: Readonly<Record<AdmissionProblem, string>> = {
  method: 'does not allow this sign-in method',
  directory: 'does not allow people from this Microsoft directory',
  domain: 'does not allow this Google account, only those of its own domains',
};

/** Whether a tenant admits somebody who has proved who they are by this method. The database decides, with every request. */
@Injectable()
export class SignInPolicy {
  constructor(private readonly people: PersonRepository) {}

  async admits(tenantId: string, confirmed: Pick<Confirmed, 'method' | 'identity'>): Promise<boolean> {
    return (await this.problem(tenantId, confirmed)) === undefined;
  }

  /** @throws IdentityRefusal that says what the tenant asks for */
  async refuseUnlessAdmitted(
    tenant: { tenantId: string; tenantName: string },
    confirmed: Pick<Confirmed, 'method' | 'identity'>,
  ): Promise<void> {
    const problem = await this.problem(tenant.tenantId, confirmed);
    if (problem) throw new IdentityRefusal(REASONS[problem], policySentence(tenant.tenantName, problem));
  }

  private async problem(tenantId: string, confirmed: Pick<Confirmed, 'method' | 'identity'>): Promise<AdmissionProblem | undefined> {
    return await this.people.admissionProblem(tenantId, proofOf(confirmed), confirmed.identity.hostedDomain);
  }
}

export function policySentence(tenantName: string, problem: AdmissionProblem): string {
  return `${tenantName} ${WORDS[problem]}. Use another sign-in method, or ask an owner there to allow this one.`;
}

export const SIGN_IN_METHODS = ['google', 'microsoft', 'oidc', 'email'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** How people may sign in to a tenant. They need an invitation in any case. */
export interface SignInRules {
  ways: SignInMethod[];
  /** Microsoft directories; none: nobody signs in with Microsoft. */
  directories: string[];
  /** Workspace domains; none: Google accounts of any kind. */
  googleDomains: string[];
}

const MOST = 20;
const DIRECTORY = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** The sign-in policy of a tenant, for its owners. A change holds from the next request on, also for who is signed in. */
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
          'Nothing was saved: this would not allow the method that you are signed in with. Sign in with an allowed one first, then save.',
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
  const ways = SIGN_IN_METHODS.filter((method) => wanted.ways.includes(method));
  const directories = tidied(wanted.directories);
  const googleDomains = tidied(wanted.googleDomains.map((domain) => domain.replace(/^@/, '')));
  if (ways.length === 0) throw new IdentityRefusal('bad_methods', 'Choose at least one sign-in method.', 'ways');
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
