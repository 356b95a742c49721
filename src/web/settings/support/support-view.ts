import type { SupportRole } from '../../../identity/support-access.js';
import type { SettingsFrame } from '../settings-view.js';

export interface SupportPage extends SettingsFrame {
  /** Shown this once; only its hash is kept. */
  created?: { operator: string; link: string };
  grants: {
    id: string;
    operator: string;
    reason: string;
    roleLabel: string;
    by: string;
    createdAt: string;
    expiresAt: string;
    state: { label: string; tone?: 'warning' };
    inForce: boolean;
    /** Who may read the audit log sees what was done. */
    doneHref?: string;
  }[];
  typed: { operator: string; reason: string };
  roles: { value: SupportRole; label: string; help: string }[];
  durations: { value: number; label: string }[];
}
