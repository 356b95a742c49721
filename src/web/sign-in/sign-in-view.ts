import type { Provider } from '../../identity/sign-in/confirmed.js';
import type { PlainShellView } from '../shell/shell-view.js';

export interface SignInPage {
  shell: PlainShellView;
  /** Only those that this installation has set up. */
  providers: { label: string; href: string; key: Provider }[];
  email: string;
  problem?: string;
  /** Where to go afterwards; an address of ours. */
  returnTo: string;
}

export interface SignInCodePage {
  shell: PlainShellView;
  email: string;
  minutes: number;
  /** It was asked for once more. */
  resent?: boolean;
  problem?: string;
  returnTo: string;
  /** In the sandbox: where the code arrives. */
  mailboxHref?: string;
}

export interface TenantsPage {
  shell: PlainShellView;
  person: { name: string; email: string };
  /** A closed one says what it asks for. */
  tenants: { id: string; name: string; roleLabel: string; closedBecause?: string }[];
}

/** What the link of an invitation opens: nothing has been accepted yet. */
export interface InvitationPage {
  shell: PlainShellView;
  tenant: string;
  from: string;
  roleLabel: string;
  email: string;
  providers: SignInPage['providers'];
  problem?: string;
}

/** What the link of a support access opens: nothing has been used up yet. */
export interface SupportDoorPage {
  shell: PlainShellView;
  tenant: string;
  operator: string;
  roleLabel: string;
  until: string;
  code: string;
}
