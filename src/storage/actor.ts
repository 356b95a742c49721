/** Who acts. Stands in audit events, approvals and postings; the label is what people see. */
export interface Actor {
  kind: 'person' | 'api_key' | 'system' | 'operator';
  id: string;
  label: string;
  sourceIp?: string;
}

export const SYSTEM: Actor = { kind: 'system', id: 'countersign', label: 'Countersign' };
