import type { Limits } from '../../domain/access.js';
import type { Bearer } from '../../domain/role.js';

/** Who acts. Stands in audit events, approvals and postings; the label is what people see. */
export interface Actor {
  kind: 'person' | 'api_key' | 'system' | 'operator';
  id: string;
  label: string;
  sourceIp?: string;
}

export const SYSTEM: Actor = { kind: 'system', id: 'countersign', label: 'Countersign' };

/** Someone who was let in: what every service needs to know before it does what was asked. */
export interface Principal extends Bearer {
  tenantId: string;
  actor: Actor;
  /** Null or absent: any amount. */
  approveUpTo?: Limits['approveUpTo'];
  /** Lower case; absent for API keys. */
  email?: string;
  personId?: string;
}
