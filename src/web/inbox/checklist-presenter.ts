import type { ConnectionItem } from '../../billing/queries/connection-query.js';

export interface ChecklistFacts {
  connections: readonly ConnectionItem[];
  /** Invoices that were read, of any state. */
  invoices: number;
  brandIsSet: boolean;
  /** Approved at least once. */
  approved: number;
}

type Step = Omit<ChecklistView['steps'][number], 'present'>;

/** From an empty company to the first approval. Undefined once somebody approved: nobody needs it any more. */
export function checklistView(facts: ChecklistFacts): ChecklistView | undefined {
  if (facts.approved > 0) return undefined;
  const steps = [sourceStep(facts), pullStep(facts), brandStep(facts), ledgerStep(facts), APPROVE];
  const present = steps.find((step) => !step.done)?.key;
  return { steps: steps.map((step) => ({ ...step, present: step.key === present })), doneCount: steps.filter(({ done }) => done).length };
}

const APPROVE: Step = {
  key: 'approve',
  title: 'Approve the first invoice',
  text: 'Open one from the list, read its document and press Approve.',
  done: false,
  action: { label: 'Open the list', href: '/invoices?tab=new' },
};

function sourceStep({ connections }: ChecklistFacts): Step {
  const source = connections.find(({ state, capabilities }) => state === 'connected' && capabilities.billingSource);
  return {
    key: 'source',
    title: source ? `Connect ${source.label}` : 'Connect the system that holds your invoices',
    text: source ? source.account.label : 'Invoices are only read until you start posting.',
    done: source !== undefined,
    ...(!source && { action: { label: 'Connect', href: '/connections' } }),
  };
}

function pullStep({ invoices, connections }: ChecklistFacts): Step {
  const running = connections.some((connection) => connection.capabilities.billingSource && connection.running);
  const setAside = connections.reduce((all, connection) => all + connection.setAside, 0);
  const read = `${invoices.toLocaleString('en-US')} read${setAside > 0 ? `, ${setAside} not readable` : ''}.`;
  return {
    key: 'pull',
    title: 'Import the invoices',
    text: running ? `Running: ${read}` : invoices > 0 ? read : 'Starts automatically once the system is connected.',
    done: invoices > 0,
  };
}

function brandStep({ brandIsSet }: ChecklistFacts): Step {
  return {
    key: 'brand',
    title: 'Set your brand',
    text: 'Name, address, logo and colour of the documents.',
    done: brandIsSet,
    ...(!brandIsSet && { action: { label: 'Set brand', href: '/settings/brand' } }),
  };
}

function ledgerStep({ connections }: ChecklistFacts): Step {
  const ledgers = connections.filter(({ state, capabilities }) => state === 'connected' && capabilities.accountingLedger);
  const named = [...new Set(ledgers.map(({ label }) => label))].join(' and ');
  return {
    key: 'ledger',
    title: named === '' ? 'Connect a ledger' : `Connect ${named}`,
    text: ledgers.some(({ posting }) => posting?.mode === 'live')
      ? 'Live: approved invoices are posted.'
      : 'In preview: nothing is sent until you start posting.',
    done: ledgers.length > 0,
    ...(ledgers.length === 0 && { action: { label: 'Connect', href: '/connections' } }),
  };
}

export interface ChecklistView {
  /** First one that is not done is the present step. */
  steps: { key: string; title: string; text: string; done: boolean; present: boolean; action?: { label: string; href: string } }[];
  doneCount: number;
}
