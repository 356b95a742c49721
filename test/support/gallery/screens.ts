import type { Pages } from '../../../src/web/pages.js';
import type { ViewEngine } from '../../../src/web/view-engine.js';
import { aList, anInbox, CHECKLIST, OVERVIEW, PROGRESS } from './inbox-fixture.js';
import { anInvoice } from './invoice-fixture.js';
import { aConnectAccount, aConnectForm, aConnection, aConnectLeave, aConnections, aPostings } from './other-fixtures.js';
import * as audit from './audit-fixtures.js';
import * as data from './data-fixtures.js';
import { member } from './limits-fixtures.js';
import * as settings from './settings-fixtures.js';
import { aShell } from './shell-fixture.js';
import type { LinePlace } from '../../../src/web/invoice/document-opening.js';

export interface Screen {
  name: string;
  page: keyof Pages;
  html: string;
}

/** Every page in the states that matter, with data that is rich enough to be judged by eye. */
export function screens(engine: ViewEngine, positions: LinePlace[] = []): Screen[] {
  const made: Screen[] = [];
  const add = <K extends keyof Pages>(name: string, page: K, view: Pages[K]) => made.push({ name, page, html: engine.render(page, view) });
  const open = (list = aList()) => ({ ...list, rows: list.rows.map((row, index) => ({ ...row, current: index === 0 })) });
  const reader = aShell({}, 'read_only');
  const empty = { rows: [], matches: 0, sums: [] };

  add('inbox', 'inbox', anInbox());
  add('inbox-running', 'inbox', anInbox({ progress: [PROGRESS], list: aList({ ...empty }), checklist: CHECKLIST }));
  add(
    'inbox-no-match',
    'inbox',
    anInbox({
      list: aList({
        ...empty,
        filter: { tab: 'all', search: 'zebra' },
        empty: {
          icon: 'search-x',
          title: 'No invoice matches “zebra”',
          text: 'Search by number or customer.',
          action: { label: 'Show all', href: '/invoices' },
        },
      }),
    }),
  );
  add(
    'inbox-ticked',
    'inbox',
    anInbox({ list: aList({ rows: aList().rows.map((row, index) => ({ ...row, ticked: index < 3 })) }), overview: OVERVIEW }),
  );
  add('invoice', 'inbox', anInbox({ list: open(), invoice: anInvoice({}, 'document', positions) }));
  add('inbox-unkept', 'inbox', anInbox({ unkept: { sourceLabel: 'Harbor PSA' } }));
  add(
    'invoice-unkept',
    'inbox',
    anInbox({
      list: open(),
      invoice: anInvoice(
        {
          notice: {
            icon: 'eye-off',
            text: 'Read from Harbor PSA just now. This company keeps no invoice content, so it is neither reviewed nor posted here.',
            action: { label: 'Why', href: '/settings/data#content' },
          },
          approval: { allowed: false, label: 'Approve', withdrawable: false },
          rejection: { allowed: false },
          flags: [],
          blockingFlags: [],
          openFlags: 0,
          unlooked: true,
        },
        'document',
        positions,
      ),
    }),
  );
  add('invoice-lines', 'inbox', anInbox({ list: open(), invoice: anInvoice({}, 'lines') }));
  add('invoice-changes', 'inbox', anInbox({ list: open(), invoice: anInvoice({}, 'changes') }));
  add(
    'invoice-undo',
    'inbox',
    anInbox({
      shell: aShell({
        toasts: [
          {
            text: 'INV-1041 approved. It is sent in 10 seconds.',
            undo: { href: '/invoices/i9/approval', seconds: 10, target: '#invoice' },
          },
        ],
        postingStop: { by: 'Mia Arden', at: '2026-11-04T12:00:00Z' },
      }),
      list: open(),
      invoice: anInvoice(
        {
          state: { label: 'Approved', tone: 'good' },
          flags: [],
          openFlags: 0,
          blockingFlags: [],
          reviewers: [],
          timeline: [],
          approval: { allowed: false, label: 'Approve', withdrawable: true },
          rejection: { allowed: false },
          notice: { icon: 'clock', text: 'Approved by you. Sent to QuickBooks when posting resumes.' },
        },
        'document',
        positions,
      ),
    }),
  );
  add(
    'invoice-failed',
    'inbox',
    anInbox({
      list: open(),
      invoice: anInvoice({
        document: {
          state: 'failed',
          cause: 'The printed total is $4,218.49 and the invoice says $4,218.50. It cannot be approved until both agree.',
        },
        approval: { allowed: false, label: 'Approve', why: 'No document yet', withdrawable: false },
      }),
    }),
  );
  add(
    'invoice-reader',
    'inbox',
    anInbox({
      shell: reader,
      list: open(),
      invoice: anInvoice(
        { showCost: false, approval: { allowed: false, label: 'Approve', withdrawable: false }, rejection: { allowed: false } },
        'lines',
      ),
    }),
  );
  add('postings', 'postings', aPostings());
  add('postings-empty', 'postings', aPostings({ rows: [], runs: [], bulk: false }));
  add('connections', 'connections', aConnections());
  add('connections-empty', 'connections', aConnections({ cards: [] }));
  add('connection', 'connection', aConnection());
  add('connect-form', 'connect', aConnectForm());
  add('connect-account', 'connect', aConnectAccount());
  add('connect-leave', 'connect', aConnectLeave());
  add('settings-brand', 'settings/brand', settings.brand());
  add('settings-brand-location', 'settings/brand', settings.brandOfLocation());
  add('settings-members', 'settings/members', settings.members());
  add('settings-members-unconnected', 'settings/members', settings.membersWithoutStaff());
  add('settings-members-refused', 'settings/members', settings.membersRefused());
  add('settings-members-reader', 'settings/members', settings.members('read_only'));
  add('settings-member', 'settings/member', member(settings.frame('members', 'Members', 'admin')));
  add(
    'settings-member-locked',
    'settings/member',
    member(settings.frame('members', 'Members', 'admin'), 'An owner cannot be limited. Change their role first.'),
  );
  add('settings-statuses', 'settings/statuses', settings.statuses());
  add('settings-statuses-empty', 'settings/statuses', settings.statusesWithoutSource());
  add('settings-codes', 'settings/codes', settings.codes());
  add('settings-codes-empty', 'settings/codes', settings.codesEmpty());
  add('settings-api-keys', 'settings/api-keys', settings.apiKeys());
  add('settings-sign-in', 'settings/sign-in', settings.signInRules());
  add('settings-sign-in-reader', 'settings/sign-in', settings.signInRules('read_only'));
  add('settings-identities', 'settings/identities', settings.identities());
  add('settings-data', 'settings/data', data.data());
  add('settings-data-busy', 'settings/data', data.dataBusy());
  add('settings-data-content', 'settings/data', data.dataContent());
  add(
    'settings-data-content-obstacle',
    'settings/data',
    data.dataContent(['3 invoices are approved or on the way to a ledger. Let them be posted, or take the approvals back.']),
  );
  add('settings-data-unkept', 'settings/data', data.data({ keepsContent: false }));
  add('settings-data-empty', 'settings/data', data.dataEmpty());
  add('settings-data-reader', 'settings/data', data.data({}, 'read_only'));
  add('settings-data-flows', 'settings/data-flows', data.dataFlows());
  add('settings-data-certificate', 'settings/certificate', data.certificate());
  add('certificate', 'certificate', data.tenantCertificate());
  add('settings-general', 'settings/general', settings.general());
  add('settings-audit', 'settings/audit', audit.auditLog());
  add('settings-audit-empty', 'settings/audit', audit.auditLogWithout());
  add('settings-audit-broken', 'settings/audit', audit.auditLogBroken());
  add('settings-activity', 'settings/account/activity', audit.activity());
  add('settings-support', 'settings/support', audit.support());
  add('settings-support-reader', 'settings/support', audit.supportReader());
  add('sign-in-support', 'sign-in/support', audit.supportDoor());
  add('sign-in-link', 'sign-in/link', settings.signInLink());
  add('sign-in', 'sign-in', settings.signIn());
  add('settings-account', 'settings/account', settings.account());
  add('settings-security', 'settings/security', settings.security());
  const plain = { shell: settings.signInCode().shell, returnTo: '/' };
  add('sign-in-confirm', 'sign-in/confirm', {
    ...plain,
    byFactor: true,
    hasPasskey: true,
    hasAuthenticator: true,
    asked: false,
    email: 'ada@lumen.example',
  });
  const key = { uri: 'otpauth://totp/Countersign:ada?secret=JBSWY3DPEHPK3PXP', manualKey: 'JBSW Y3DP EHPK 3PXP' };
  add('sign-in-authenticator', 'sign-in/authenticator', { ...plain, ...key, offersPasskey: true, demandedBy: 'Lumen IT' });
  add('sign-in-recovery-codes', 'sign-in/recovery-codes', { ...plain, codes: ['ABCDE-FGHJK', 'LMNPQ-RSTUV'] });
  add('sign-in-code', 'sign-in/code', settings.signInCode());
  add('tenants', 'sign-in/tenants', settings.tenants());
  for (const status of [403, 404, 409, 500, 503]) add(`error-${status}`, 'error', settings.error(status));
  return made;
}
