import { Injectable } from '@nestjs/common';
import { Mailer } from '../../platform/mail/mailer.js';
import { JobHandler } from '../../jobs/job-handler.js';
import type { JobPayload } from '../../database/queues.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import type { OutgoingEmailEntity } from './outgoing-email.entity.js';
import { Invitations } from '../invitations.js';
import { EmailCodes } from '../sign-in/email-codes.js';
import { OutgoingEmailRepository } from './outgoing-email.repository.js';

/**
 * Sends one e-mail. Its secret is made here and its hash committed before the mail leaves, so a mail that went out twice
 * leaves one working secret: the one in the later mail.
 */
@Injectable()
export class SendEmailJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly emails: OutgoingEmailRepository,
    private readonly codes: EmailCodes,
    private readonly invitations: Invitations,
    private readonly mailer: Mailer,
  ) {}

  @JobHandler('mail.send')
  async send({ tenantId, id }: JobPayload): Promise<void> {
    const email = await this.tx.run(tenantId, () => this.emails.findWaiting(id));
    if (!email) return;
    const sent = await this.sendNow(email);
    await this.tx.run(tenantId, () => this.emails.finish(id, sent ? 'sent' : 'dropped'));
  }

  /** False when there is nothing to say any more. */
  private async sendNow({ tenantId, kind, recipient, subjectId, news }: OutgoingEmailEntity): Promise<boolean> {
    if (!this.mailer.isConfigured) return false;
    if (kind === 'sign_in_code') {
      const view = await this.codes.issue(tenantId, subjectId);
      if (view) await this.mailer.send(recipient, 'sign-in-code', view);
      return view !== undefined;
    }
    if (kind === 'factor_news') {
      await this.mailer.send(recipient, 'factor-news', { what: news ?? '' });
      return true;
    }
    const view = await this.invitations.issueLink(tenantId, subjectId);
    if (view) await this.mailer.send(recipient, 'invitation', view);
    return view !== undefined;
  }
}
