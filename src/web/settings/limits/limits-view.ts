import type { LimitChoice } from '../../../identity/limit-choice.repository.js';
import type { SettingsFrame } from '../settings-view.js';

/** A list to tick customers in: what is ticked stays, what was looked for follows. */
export interface CustomerChoices {
  ticked: LimitChoice[];
  found: LimitChoice[];
  /** What the name was looked for by. */
  search: string;
  /** More fit than are shown. */
  more: boolean;
  editable: boolean;
}

export interface LimitFields {
  /** Absent: any amount. A currency with an empty amount may not be approved. */
  amountLimited: boolean;
  amounts: { currency: string; amount: string }[];
  customers: CustomerChoices;
  locations: (LimitChoice & { checked: boolean })[];
}

export interface MemberPage extends SettingsFrame {
  member: { id: string; name: string; email: string; initials: string; roleLabel: string; lastSeenAt?: string };
  /** What is on or off for this person, whatever the role says. */
  switches: { name: string; label: string; help: string; choices: { value: string; label: string; selected: boolean }[] }[];
  limits: LimitFields;
  /** Why the viewer cannot change them, though they manage members. */
  locked?: string;
}
