import { permissionsOf, type Role } from '../../../src/domain/role.js';
import type { PlainShellView, ShellView, Theme } from '../../../src/web/shell/shell-view.js';

export const NOW = new Date('2026-11-04T14:32:00Z');

export const usd = (amount: string) => ({ amount, currency: 'USD' });
export const aud = (amount: string) => ({ amount, currency: 'AUD' });

const SANDBOX = {
  links: [
    { label: 'ConnectWise', href: 'http://127.0.0.1:4101/' },
    { label: 'QuickBooks', href: 'http://127.0.0.1:4102/' },
    { label: 'Xero', href: 'http://127.0.0.1:4103/' },
    { label: 'Mailbox', href: 'http://127.0.0.1:4105/' },
  ],
};

export function aShell(over: Partial<ShellView> = {}, role: Role = 'owner', theme: Theme = 'auto'): ShellView {
  return {
    title: 'Inbox',
    section: 'invoices',
    theme,
    tenant: { id: 't1', name: 'Northwind Managed IT', currency: 'USD', timeZone: 'America/New_York' },
    tenants: [
      { id: 't1', name: 'Northwind Managed IT', roleLabel: 'Owner', current: true },
      { id: 't2', name: 'Bluegum Technology Pty Ltd', roleLabel: 'Read-only', current: false },
    ],
    person: { name: 'Jo Díaz', email: 'jo@northwind.example', initials: 'JD', roleLabel: role === 'read_only' ? 'Read-only' : 'Owner' },
    permissions: permissionsOf(role),
    source: { label: 'ConnectWise' },
    counts: { toReview: 40, refusedPostings: 2, unwellConnections: 1 },
    sandbox: SANDBOX,
    toasts: [],
    ...over,
  };
}

export function aPlainShell(title: string): PlainShellView {
  return { title, theme: 'auto', sandbox: SANDBOX };
}
