import { Injectable } from '@nestjs/common';
import { PersonRepository, type EntranceProblem } from '../person.repository.js';
import { IdentityRefusal, type RefusalReason } from '../identity-refusal.js';
import { proofOf, type Confirmed } from './confirmed.js';

const REASONS: Readonly<Record<EntranceProblem, RefusalReason>> = {
  method: 'way_not_allowed',
  directory: 'directory_not_allowed',
  domain: 'domain_not_allowed',
};

const WORDS: Readonly<Record<EntranceProblem, string>> = {
  method: 'does not let people in this way',
  directory: 'does not let people in from this Microsoft directory',
  domain: 'does not let people in with this Google account, only with those of its own domains',
};

/** Whether a tenant's door is open to somebody who has proved who they are in some way. The database decides, with every request. */
@Injectable()
export class SignInPolicy {
  constructor(private readonly people: PersonRepository) {}

  async isOpen(tenantId: string, confirmed: Pick<Confirmed, 'method' | 'identity'>): Promise<boolean> {
    return (await this.problem(tenantId, confirmed)) === undefined;
  }

  /** @throws IdentityRefusal that says what the tenant asks for */
  async refuseIfClosed(tenant: { tenantId: string; tenantName: string }, confirmed: Pick<Confirmed, 'method' | 'identity'>): Promise<void> {
    const problem = await this.problem(tenant.tenantId, confirmed);
    if (problem) throw new IdentityRefusal(REASONS[problem], policySentence(tenant.tenantName, problem));
  }

  private async problem(tenantId: string, confirmed: Pick<Confirmed, 'method' | 'identity'>): Promise<EntranceProblem | undefined> {
    return await this.people.entranceProblem(tenantId, proofOf(confirmed), confirmed.identity.hostedDomain);
  }
}

export function policySentence(tenantName: string, problem: EntranceProblem): string {
  return `${tenantName} ${WORDS[problem]}. Sign in another way, or ask an owner there to allow it.`;
}
