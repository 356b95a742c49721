import { z } from 'zod';
import { IdentityRefusal } from './identity-refusal.js';

const shape = z.email().max(254);

/** The one spelling of an address that is stored and compared. @throws IdentityRefusal when it is none */
export function emailAddress(typed: string): string {
  const address = typed.trim().toLowerCase();
  if (!shape.safeParse(address).success) throw new IdentityRefusal('bad_address', 'This is not an e-mail address.');
  return address;
}
