import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { PersonRepository, type InvitationKey } from '../person.repository.js';
import type { SessionProof } from '../session.repository.js';
import { IdentityRefusal } from '../identity-refusal.js';
import { Invitations, type OpenInvitation } from '../invitations.js';
import { EMAIL_ISSUER, proofOf, type Confirmed } from './confirmed.js';
import { SignInPolicy } from './sign-in-policy.js';

/** A person who may sign in; `tenantId` when they asked for one. */
export interface Admitted {
  personId: string;
  proof: SessionProof;
  tenantId?: string;
  /** Nothing was proved anew: the session goes on with the proofs it has. */
  goesOn?: boolean;
}

/** Who is signed in already in this browser, and how they came. */
export interface SignedIn {
  personId: string;
  proof: SessionProof;
}

/**
 * Decides who somebody is. A known identity is its person. An unknown one becomes a person only through an invitation:
 * by its link, or by an address that is proven and invited. Nobody is ever matched by an unproven e-mail claim, and nobody
 * becomes a member where the tenant's sign-in policy does not admit them. An invited address becomes a sign-in method of whoever is new here;
 * somebody who is known joins as they are, for the invited mailbox may be another's.
 */
@Injectable()
export class Admission {
  constructor(
    private readonly people: PersonRepository,
    private readonly invitations: Invitations,
    private readonly policy: SignInPolicy,
    private readonly clock: Clock,
  ) {}

  /** @throws IdentityRefusal */
  async admit(confirmed: Confirmed, invitationToken?: string): Promise<Admitted> {
    const known = await this.people.personBehind(confirmed.identity, this.clock.now());
    const invitation = invitationToken === undefined ? undefined : await this.invitations.byToken(invitationToken);
    const admitted = invitation
      ? await this.admitByInvitation(confirmed, invitation, known)
      : { personId: known ?? (await this.admitByAddress(confirmed)), proof: proofOf(confirmed) };
    await this.people.note(confirmed.identity);
    if (!invitation) await this.acceptAll(confirmed, admitted.personId);
    return admitted;
  }

  /** The link alone, without a provider: it came by e-mail, so whoever holds it reads that mailbox. */
  async admitByLink(token: string, signedIn?: SignedIn): Promise<Admitted> {
    const invitation = await this.invitations.byToken(token);
    if (!invitation) throw linkExpired();
    const { email, tenantId } = invitation;
    const address = { issuer: EMAIL_ISSUER, subject: email, email };
    await this.policy.refuseUnlessAdmitted(invitation, { method: 'email_code', identity: address });
    if (signedIn && (await this.people.personBehind(address, this.clock.now())) !== signedIn.personId) {
      await this.accept(invitation, signedIn.personId, invitation.name ?? email);
      return { ...signedIn, tenantId, goesOn: true };
    }
    const personId = signedIn?.personId ?? (await this.holderOf(invitation)) ?? (await this.newPerson(invitation.name ?? email));
    await this.accept(invitation, personId, invitation.name ?? email);
    await this.linkAddress(email, personId);
    return { personId, proof: { method: 'link', issuer: EMAIL_ISSUER, subject: email }, tenantId };
  }

  private async admitByInvitation(confirmed: Confirmed, invitation: OpenInvitation, known: string | undefined): Promise<Admitted> {
    await this.policy.refuseUnlessAdmitted(invitation, confirmed);
    const personId = known ?? (await this.holderOf(invitation)) ?? (await this.newPerson(confirmed.name));
    await this.accept(invitation, personId, confirmed.name);
    if (known === undefined) await this.linkAddress(invitation.email, personId);
    await this.people.link(confirmed.identity, personId, this.clock.now());
    return { personId, proof: proofOf(confirmed), tenantId: invitation.tenantId };
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
    if ((await this.invitationsOpenTo(confirmed, provenAddress)).length === 0) throw nobodyKnown();
    const personId = await this.people.link(identity, await this.newPerson(confirmed.name), this.clock.now());
    await this.linkAddress(provenAddress, personId);
    return personId;
  }

  private async acceptAll(confirmed: Confirmed, personId: string): Promise<void> {
    if (confirmed.provenAddress === undefined) return;
    for (const key of await this.invitationsOpenTo(confirmed, confirmed.provenAddress)) {
      await this.invitations.accept(key, personId, confirmed.name);
    }
  }

  /** The others stay open, for when the person signs in by a method that those tenants allow. */
  private async invitationsOpenTo(confirmed: Confirmed, provenAddress: string): Promise<InvitationKey[]> {
    const open: InvitationKey[] = [];
    for (const key of await this.invitations.forProvenAddress(provenAddress)) {
      if (await this.policy.admits(key.tenantId, confirmed)) open.push(key);
    }
    return open;
  }

  private async accept(invitation: OpenInvitation, personId: string, name: string): Promise<void> {
    if (!(await this.invitations.accept(invitation, personId, name))) throw linkExpired();
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
