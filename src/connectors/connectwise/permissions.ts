/** One right of the API member's security role: what breaks without it, and where an administrator grants it. */
export interface Permission {
  /** As the security role lists it. */
  permission: string;
  how: string;
}

type Level = 'Inquire' | 'Edit' | 'Add';

const role = (module: string, row: string, level: Level): Permission => ({
  permission: `${module} > ${row}: ${level} level All`,
  how: `System > Security Roles > the API member's role > ${module} > ${row}: set ${level} to All.`,
});
const table = (name: string): Permission => ({
  permission: `System > Table Setup (${name}): Inquire level All`,
  how: `System > Security Roles > the API member's role > System > Table Setup: set Inquire to All, then customise and allow ${name}.`,
});

/** By path and by whether the request writes; the first that fits counts. */
const AREAS: readonly { path: RegExp; read: Permission; write?: Permission }[] = [
  {
    path: /^\/finance\/invoices\/\d+\/payments/,
    read: role('Finance', 'Accounting Interface', 'Inquire'),
    write: role('Finance', 'Accounting Interface', 'Add'),
  },
  { path: /^\/finance\/agreements/, read: role('Finance', 'Agreements', 'Inquire') },
  {
    path: /^\/finance\/(?:invoices|closedInvoices|info\/invoice)/,
    read: role('Finance', 'Invoicing', 'Inquire'),
    write: role('Finance', 'Invoicing', 'Edit'),
  },
  { path: /^\/finance\/taxCodes/, read: table('Invoicing / Tax Code') },
  { path: /^\/finance\/billingStatuses/, read: table('Invoicing / Billing Status') },
  { path: /^\/finance\//, read: table('Invoicing / Billing Setup') },
  { path: /^\/time\//, read: role('Time & Expense', 'Time Entry', 'Inquire') },
  { path: /^\/expense\//, read: role('Time & Expense', 'Expense Report Entry', 'Inquire') },
  { path: /^\/procurement\//, read: role('Procurement', 'Products', 'Inquire') },
  { path: /^\/company\//, read: role('Companies', 'Company Maintenance', 'Inquire') },
  { path: /^\/system\/(?:info\/)?members/, read: role('System', 'Member Maintenance', 'Inquire') },
  {
    path: /^\/system\/callbacks/,
    read: role('System', 'Table Setup (Callbacks)', 'Inquire'),
    write: role('System', 'Table Setup (Callbacks)', 'Add'),
  },
];

const ANY: Permission = { permission: 'a right of the security role', how: "System > Security Roles > the API member's role." };

export function permissionFor(path: string, writes: boolean): Permission {
  const area = AREAS.find((candidate) => candidate.path.test(path));
  if (!area) return ANY;
  return (writes ? area.write : undefined) ?? area.read;
}
