import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { PeopleStore } from '../../storage/repositories/identity-people.js';
import { IdentityRefusal } from '../identity-refusal.js';
import { Invitations, type OpenInvitation } from '../invitations.js';
import { EMAIL_ISSUER, type Confirmed } from './confirmed.js';

/** A person who may come in; `tenantId` when they came for one. */
export interface Admitted {
  personId: string;
  tenantId?: string;
}

/**
 * Decides who somebody is. A known identity is its person. An unknown one becomes a person only through an invitation:
 * by its link, or by an address that is proven and invited. Nobody is ever matched by an unproven e-mail claim.
 */
@Injectable()
export class Admission {
  constructor(
    private readonly people: PeopleStore,
    private readonly invitations: Invitations,
    private readonly clock: Clock,
  ) {}

  /** @throws IdentityRefusal */
  async admit(confirmed: Confirmed, invitationToken?: string): Promise<Admitted> {
    const known = await this.people.personBehind(confirmed.identity, this.clock.now());
    const invitation = invitationToken === undefined ? undefined : await this.invitations.byToken(invitationToken);
    if (invitation) return await this.admitByInvitation(confirmed, invitation, known);
    const personId = known ?? (await this.admitByAddress(confirmed));
    await this.acceptAll(confirmed, personId);
    return { personId };
  }

  /** The link alone, without a provider: it came by e-mail, so whoever holds it reads that mailbox. */
  async admitByLink(token: string, signedInAs?: string): Promise<Admitted> {
    const invitation = await this.invitations.byToken(token);
    if (!invitation) throw linkExpired();
    const personId = signedInAs ?? (await this.holderOf(invitation)) ?? (await this.newPerson(invitation.name ?? invitation.email));
    await this.accept(invitation, personId, invitation.name ?? invitation.email);
    return { personId, tenantId: invitation.tenantId };
  }

  /** Gives a signed-in person one more way of signing in. */
  async addIdentity(confirmed: Confirmed, { personId, tenantId }: { personId: string; tenantId: string }): Promise<void> {
    if (confirmed.directory !== undefined && !(await this.invitations.allowedDirectories(tenantId)).includes(confirmed.directory)) {
      throw new IdentityRefusal('directory_not_allowed', 'Your company does not let people in from this Microsoft directory.');
    }
    const owner = await this.people.link(confirmed.identity, personId, this.clock.now());
    if (owner !== personId) throw new IdentityRefusal('belongs_to_another', 'This account already signs somebody else in here.');
  }

  private async admitByInvitation(confirmed: Confirmed, invitation: OpenInvitation, known: string | undefined): Promise<Admitted> {
    if (confirmed.directory !== undefined && !invitation.allowedDirectories.includes(confirmed.directory)) {
      throw new IdentityRefusal(
        'directory_not_allowed',
        `${invitation.tenantName} does not let people in from this Microsoft directory. Accept with another way of signing in, or ask them to allow it.`,
      );
    }
    const personId = known ?? (await this.holderOf(invitation)) ?? (await this.newPerson(confirmed.name));
    await this.accept(invitation, personId, confirmed.name);
    await this.people.link(confirmed.identity, personId, this.clock.now());
    return { personId, tenantId: invitation.tenantId };
  }

  /** Somebody whose identity is new here, by the address they have proved. */
  private async admitByAddress(confirmed: Confirmed): Promise<string> {
    const { provenAddress, identity, provesPerson } = confirmed;
    if (provenAddress === undefined) throw nobodyKnown();
    const here = await this.people.personBehind({ issuer: EMAIL_ISSUER, subject: provenAddress }, this.clock.now());
    if (here !== undefined && !provesPerson) {
      throw new IdentityRefusal('sign_in_first', 'Sign in with a code sent to your address first; then add this account in your settings.');
    }
    if (here !== undefined) return await this.people.link(identity, here, this.clock.now());
    if ((await this.invitations.forProvenAddress(provenAddress)).length === 0) throw nobodyKnown();
    const personId = await this.people.link(identity, await this.newPerson(confirmed.name), this.clock.now());
    await this.linkAddress(provenAddress, personId);
    return personId;
  }

  private async acceptAll({ provenAddress, name }: Confirmed, personId: string): Promise<void> {
    if (provenAddress === undefined) return;
    for (const key of await this.invitations.forProvenAddress(provenAddress)) await this.invitations.accept(key, personId, name);
  }

  private async accept(invitation: OpenInvitation, personId: string, name: string): Promise<void> {
    if (!(await this.invitations.accept(invitation, personId, name))) throw linkExpired();
    await this.linkAddress(invitation.email, personId);
  }

  /** Who already signs in with the invited address. A link that an operator printed proves no mailbox, so it does not become them. */
  private async holderOf({ email, linkBy }: OpenInvitation): Promise<string | undefined> {
    const holder = await this.people.personBehind({ issuer: EMAIL_ISSUER, subject: email }, this.clock.now());
    if (holder !== undefined && linkBy === 'operator') {
      throw new IdentityRefusal('sign_in_first', `${email} already signs in here. Sign in as usual: the company is waiting there.`);
    }
    return holder;
  }

  private async newPerson(name: string): Promise<string> {
    return await this.people.create(name.slice(0, 200), this.clock.now());
  }

  private async linkAddress(address: string, personId: string): Promise<void> {
    await this.people.link({ issuer: EMAIL_ISSUER, subject: address, email: address }, personId, this.clock.now());
  }
}

function nobodyKnown(): IdentityRefusal {
  return new IdentityRefusal(
    'nobody_known',
    'Nobody has invited this account. Ask your company for an invitation, and open the link in it.',
  );
}

function linkExpired(): IdentityRefusal {
  return new IdentityRefusal('link_expired', 'This link was used before or has expired. Sign in, or ask for a new invitation.');
}
