import { Injectable } from '@nestjs/common';
import { GoogleSignIn } from '../../identity/sign-in/google.js';
import { MicrosoftSignIn } from '../../identity/sign-in/microsoft.js';
import { PROVIDERS, type Provider } from '../../identity/sign-in/confirmed.js';
import { OidcSignIn } from '../../identity/sign-in/oidc.js';
import type { LinkUse } from '../../identity/sign-in/link.js';
import type { ProviderSignIn } from '../../identity/sign-in/ask-strategy.js';
import { Config } from '../../platform/config/config.js';
import { view, type PageAnswer } from '../http/answers.js';
import type { Pages } from '../pages.js';
import type { PlainShellView } from '../shell/shell-view.js';
import type { SignInPage } from './sign-in-view.js';

type PageBeforeSignIn =
  | 'sign-in'
  | 'sign-in/authenticator'
  | 'sign-in/confirm'
  | 'sign-in/recovery-codes'
  | 'sign-in/code'
  | 'sign-in/invitation'
  | 'sign-in/link'
  | 'sign-in/support'
  | 'sign-in/tenants';

/** What the pages before sign-in share. None of them may be kept by a cache: they belong to one person's one attempt. */
@Injectable()
export class SignInPages {
  private readonly byKey: Readonly<Record<Provider, ProviderSignIn>>;

  constructor(
    private readonly config: Config,
    google: GoogleSignIn,
    microsoft: MicrosoftSignIn,
    oidc: OidcSignIn,
  ) {
    this.byKey = { google, microsoft, oidc };
  }

  provider(key: Provider): ProviderSignIn {
    return this.byKey[key];
  }

  notConfirmed(key: Provider): string {
    const orDirectory = key === 'microsoft' ? ', or no company here allows people from your directory' : '';
    return `${this.byKey[key].label} did not confirm who you are${orDirectory}. Try again, or have a code sent to your address.`;
  }

  view<K extends PageBeforeSignIn>(page: K, model: Pages[K], status?: number): PageAnswer {
    return view(page, model, { status, headers: { 'Cache-Control': 'no-store' } });
  }

  signIn({ returnTo, email = '', problem }: { returnTo: string; email?: string; problem?: string }, status?: number): PageAnswer {
    const page = {
      shell: this.shell('Sign in'),
      providers: this.providers(returnTo),
      email,
      returnTo,
      ...(problem !== undefined && { problem }),
    };
    return this.view('sign-in', page, status);
  }

  /** For a link whose secret has not come along yet: the page's script sends it, or somebody pastes it. */
  linkPage(use: LinkUse): PageAnswer {
    const title = use === 'invitation' ? 'Open your invitation' : 'Open your support access';
    return this.view('sign-in/link', { shell: this.shell(title), title, action: `/sign-in/${use}/link` });
  }

  shell(title: string): PlainShellView {
    const mailbox = this.mailboxHref();
    return { title, theme: 'auto', ...(mailbox !== undefined && { sandbox: { links: [{ label: 'Mailbox', href: mailbox }] } }) };
  }

  providers(returnTo = '/'): SignInPage['providers'] {
    const query = returnTo === '/' ? '' : `?${new URLSearchParams({ returnTo })}`;
    return PROVIDERS.filter((key) => this.byKey[key].isConfigured).map((key) => ({
      key,
      label: this.byKey[key].label,
      href: `/sign-in/${key}${query}`,
    }));
  }

  mailboxHref(): string | undefined {
    return this.config.sandboxServers?.urls['mailbox'];
  }
}

/** A field of a form or query as text; whatever else was sent counts as empty. */
export function field(source: unknown, name: string): string {
  const value = typeof source === 'object' && source !== null && name in source ? (source as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value.slice(0, 2_000) : '';
}
