import type { ConnectionPage, ConnectionsPage } from './connections/connection-views.js';
import type { ErrorPage } from './errors/error-presenter.js';
import type { DecisionPart, InboxPage } from './inbox/inbox-views.js';
import type { InvoicePart } from './invoice/invoice-presenter.js';
import type { PostingsPage } from './postings/postings-presenter.js';
import type { ActivityPage, AuditPage } from './settings/audit/audit-presenter.js';
import type { CustomerChoices, MemberPage } from './settings/limits/limits-view.js';
import type { SupportPage } from './settings/support/support.controller.js';
import type {
  AccountPage,
  ApiKeysPage,
  BrandPage,
  CodesPage,
  GeneralPage,
  IdentitiesPage,
  MembersPage,
  SecurityPage,
  SignInRulesPage,
  StatusesPage,
} from './settings/settings-view.js';
import type {
  AuthenticatorPage,
  ConfirmPage,
  InvitationPage,
  LinkPage,
  RecoveryCodesPage,
  SignInCodePage,
  SignInPage,
  SupportLinkPage,
  TenantsPage,
} from './sign-in/sign-in-view.js';
import type { CertificateFields, CertificatePage, DataFlowsPage, DataPage } from './settings/data/data-view.js';
import type { PlainShellView } from './shell/shell-view.js';
import type { BulkPart } from './inbox/bulk-presenter.js';
import type { ConnectPage } from './connect/connect-pages.js';

/** Every page by its template, with what it shows. */
export interface Pages {
  inbox: InboxPage;
  /** The pane beside the list, alone. */
  invoice: InvoicePart;
  /** After approve, reject, withdraw: the next invoice, and what changed around it. */
  'inbox/decision': DecisionPart;
  /** After a slice of a bulk approval: the list, and how far it came. */
  'inbox/bulk': BulkPart;
  postings: PostingsPage;
  connections: ConnectionsPage;
  connection: ConnectionPage;
  connect: ConnectPage;
  'settings/brand': BrandPage;
  'settings/members': MembersPage;
  'settings/member': MemberPage;
  /** While somebody looks for a customer in a form. */
  'settings/customer-choices': CustomerChoices;
  'settings/statuses': StatusesPage;
  'settings/codes': CodesPage;
  'settings/api-keys': ApiKeysPage;
  'settings/data': DataPage;
  'settings/data-flows': DataFlowsPage;
  'settings/certificate': CertificatePage;
  'settings/general': GeneralPage;
  'settings/sign-in': SignInRulesPage;
  'settings/account': AccountPage;
  'settings/security': SecurityPage;
  'settings/identities': IdentitiesPage;
  'settings/audit': AuditPage;
  'settings/support': SupportPage;
  'settings/account/activity': ActivityPage;
  /** Of an erased company, before sign-in. */
  certificate: CertificateFields & { shell: PlainShellView };
  'sign-in': SignInPage;
  'sign-in/authenticator': AuthenticatorPage;
  'sign-in/confirm': ConfirmPage;
  'sign-in/recovery-codes': RecoveryCodesPage;
  'sign-in/code': SignInCodePage;
  'sign-in/invitation': InvitationPage;
  'sign-in/link': LinkPage;
  'sign-in/tenants': TenantsPage;
  'sign-in/support': SupportLinkPage;
  error: ErrorPage;
}
