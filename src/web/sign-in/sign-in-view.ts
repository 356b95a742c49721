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
  /** One that does not admit this session says why. */
  tenants: { id: string; name: string; roleLabel: string; closedBecause?: string }[];
}

/** Where a link leads before its secret, which stands behind the `#`, has come along. */
export interface LinkPage {
  shell: PlainShellView;
  title: string;
  /** Where the secret is sent to. */
  action: string;
}

/** What the link of an invitation opens: nothing has been accepted yet. */
export interface InvitationPage {
  shell: PlainShellView;
  tenant: string;
  from: string;
  roleLabel: string;
  email: string;
  providers: SignInPage['providers'];
  /** Whoever is signed in here already: they join as who they are. */
  signedInAs?: string;
  problem?: string;
}

/** What the link of a support access opens: nothing has been used up yet. */
export interface SupportLinkPage {
  shell: PlainShellView;
  tenant: string;
  operator: string;
  roleLabel: string;
  until: string;
}

/** Proof that it is still the same person. */
export interface ConfirmPage {
  shell: PlainShellView;
  /** With their second factor; else by a code to their address. */
  byFactor: boolean;
  hasPasskey: boolean;
  hasAuthenticator: boolean;
  /** A code is on its way. */
  asked: boolean;
  email: string;
  returnTo: string;
  problem?: string;
  mailboxHref?: string;
}

export interface AuthenticatorPage {
  shell: PlainShellView;
  /** The company that asks for it; empty when it is the person's own choice. */
  demandedBy: string;
  uri: string;
  manualKey: string;
  /** For who has no factor yet, and may choose. */
  offersPasskey: boolean;
  returnTo: string;
  problem?: string;
}

export interface RecoveryCodesPage {
  shell: PlainShellView;
  /** Shown this once. */
  codes: string[];
  returnTo: string;
}
