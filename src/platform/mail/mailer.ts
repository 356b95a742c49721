import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Config } from '../config/config.js';
import { EmailTemplates, type Emails } from './email-templates.js';

const TIMEOUT_MS = 20_000;

/** Hands e-mails to the configured server. Only the mail job calls it, so that a slow server never holds up a page. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly templates = new EmailTemplates();
  private readonly transport: Transporter | undefined;
  private readonly from: string | undefined;
  /** Of the last e-mail; undefined before the first. */
  lastOutcome: 'sent' | 'failed' | undefined;

  constructor(config: Config) {
    this.from = config.mail?.from;
    this.transport =
      config.mail &&
      createTransport({
        url: config.mail.smtpUrl,
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
  }

  /** False without a mail server: then nothing that needs one is offered. */
  get isConfigured(): boolean {
    return this.transport !== undefined;
  }

  /** @throws when the server cannot be reached or refuses the mail */
  async send<K extends keyof Emails>(to: string, name: K, view: Emails[K]): Promise<void> {
    if (!this.transport) throw new Error('No mail server is configured: set SMTP_URL and MAIL_FROM');
    try {
      await this.transport.sendMail({ from: this.from, to: { name: '', address: to }, ...this.templates.render(name, view) });
      this.lastOutcome = 'sent';
    } catch (error) {
      this.lastOutcome = 'failed';
      throw error;
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }
}
