import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction.js';
import type { Role } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { IdentityRefusal } from './identity-refusal.js';
import { Members, type MemberAdmin } from './members.js';
import { StaffRepository, type ListedStaff } from './staff.repository.js';

/** Somebody of the PSA who is no member. Only those with `invitable` can be asked to become one. */
interface Newcomer {
  id: string;
  name: string;
  email: string | null;
  active: boolean;
  invitable: boolean;
}

export interface StaffOverview {
  /** False until a connection has been asked for the first time. */
  wasRead: boolean;
  /** A sentence where the list was refused. */
  notKnown?: string;
  /** Who is neither a member nor invited; those who left last. */
  newcomers: Newcomer[];
  /** Addresses of people who no longer work there, by the PSA. */
  inactive: ReadonlySet<string>;
}

/** The staff that the PSA lists, for inviting them and for choosing reviewers. It lets nobody in. */
@Injectable()
export class StaffDirectory {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly staff: StaffRepository,
    private readonly members: Members,
    private readonly clock: Clock,
  ) {}

  async overview(tenantId: string): Promise<StaffOverview> {
    return await this.tx.run(tenantId, async () => {
      const listed = await this.staff.list();
      const readings = await this.staff.readings();
      const [members, invitations] = [await this.members.list(tenantId), await this.members.invitations(tenantId)];
      const now = this.clock.now();
      const known = new Set([
        ...members.map(({ email }) => email),
        ...invitations.filter(({ expiresAt }) => expiresAt > now).map(({ email }) => email),
      ]);
      const notKnown = readings.find((reading) => reading.notKnown !== null)?.notKnown;
      return {
        wasRead: readings.length > 0,
        ...(typeof notKnown === 'string' && { notKnown }),
        newcomers: onceEach(listed)
          .filter(({ email }) => email === null || !known.has(email))
          .map(({ externalId, name, email, active }) => ({ id: externalId, name, email, active, invitable: active && email !== null })),
        inactive: inactiveOf(listed),
      };
    });
  }

  /** Who may be proposed as a reviewer although they are no member yet, and who is not to be proposed any more. */
  async proposals(tenantId: string): Promise<{ people: { name: string; email: string }[]; inactive: ReadonlySet<string> }> {
    const listed = await this.tx.run(tenantId, () => this.staff.list());
    const people = onceEach(listed).flatMap(({ name, email, active }) => (active && email !== null ? [{ name, email }] : []));
    return { people, inactive: inactiveOf(listed) };
  }

  /** @param wanted the PSA's key of one of them, or 'all' for everybody who can be invited. @returns how many. @throws IdentityRefusal */
  async invite(admin: MemberAdmin, wanted: string, role: Role): Promise<number> {
    const { newcomers } = await this.overview(admin.tenantId);
    const chosen = newcomers.filter(({ id, invitable }) => invitable && (wanted === 'all' || id === wanted));
    if (chosen.length === 0)
      throw new IdentityRefusal('not_found', 'They are invited or a member already, or no longer work there. Look at the list again.');
    return await this.tx.run(admin.tenantId, async () => {
      for (const { id, name, email } of chosen) {
        await this.members.invite(admin, { email: email ?? '', name, role, psaMember: id });
      }
      return chosen.length;
    });
  }
}

/** Two records may share an address; the first, which is the one that is active, stands for both. */
function onceEach(listed: readonly ListedStaff[]): ListedStaff[] {
  const seen = new Set<string>();
  return listed.filter(({ email }) => {
    if (email === null) return true;
    const isNew = !seen.has(email);
    seen.add(email);
    return isNew;
  });
}

function inactiveOf(listed: readonly ListedStaff[]): ReadonlySet<string> {
  return new Set(onceEach(listed).flatMap(({ email, active }) => (!active && email !== null ? [email] : [])));
}
