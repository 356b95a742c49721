import { describe, expect, it } from 'vitest';
import { EmailTemplates } from './email-templates.js';

const templates = new EmailTemplates();
const invitation = {
  tenant: '<b>Kite & Co</b>',
  from: 'Olivia\r\nBcc: x@y.example',
  roleLabel: 'Admin',
  href: 'https://msp.example/a?b=1&c=2',
  days: 14,
};

describe('an e-mail', () => {
  it('escapes every field in HTML and none in plain text', () => {
    const mail = templates.render('invitation', invitation);
    expect(mail.html).toContain('&lt;b&gt;Kite &amp; Co&lt;/b&gt;');
    expect(mail.html).not.toContain('<b>Kite');
    expect(mail.text).toContain('<b>Kite & Co</b>');
    expect(mail.text).toContain('https://msp.example/a?b=1&c=2');
    expect(mail.text).toContain('14 days');
  });

  it('keeps its subject on one line', () => {
    expect(templates.render('invitation', invitation).subject).toBe(
      'Olivia Bcc: x@y.example invites you to <b>Kite & Co</b> on Countersign',
    );
  });

  it('throws when a field that it shows is missing', () => {
    const incomplete: object = { minutes: 10 };
    expect(() => templates.render('sign-in-code', incomplete as { code: string; minutes: number })).toThrow(/code/);
  });
});
