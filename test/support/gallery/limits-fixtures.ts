import type { LimitFields, MemberPage } from '../../../src/web/settings/limits/limits-view.js';
import type { SettingsFrame } from '../../../src/web/settings/settings-view.js';

export const limits = (editable = true): LimitFields => ({
  amountLimited: true,
  amounts: [
    { currency: 'AUD', amount: '1000' },
    { currency: 'USD', amount: '' },
  ],
  customers: {
    ticked: [{ value: 'c1', label: 'Harborview Dental Group' }],
    found: [
      { value: 'c2', label: 'Kite & Co' },
      { value: 'c3', label: 'Maple Street Animal Hospital' },
    ],
    search: '',
    more: true,
    editable,
  },
  locations: [
    { value: 's/1', label: 'Tampa', checked: false },
    { value: 's/2', label: 'Melbourne', checked: true },
  ],
});

const choices = (selected: string, offered: readonly [string, string][]) =>
  offered.map(([value, label]) => ({ value, label, selected: value === selected }));

export const member = (frame: SettingsFrame, locked?: string): MemberPage => ({
  ...frame,
  member: { id: 'm2', name: 'Mia Arden', email: 'mia.arden@northwind.example', initials: 'MA', roleLabel: 'Member' },
  switches: [
    {
      name: 'cost.read',
      label: 'See cost and margin',
      help: 'Without it no page, file or answer shows what something cost.',
      choices: choices('never', [
        ['role', 'As the role says: yes'],
        ['always', 'Always'],
        ['never', 'Never'],
      ]),
    },
    {
      name: 'posting.manage',
      label: 'Post to the ledger',
      help: 'Retry, skip and resolve postings.',
      choices: choices('role', [
        ['role', 'As the role says: no'],
        ['never', 'Never'],
      ]),
    },
  ],
  limits: limits(locked === undefined),
  ...(locked !== undefined && { locked }),
});
