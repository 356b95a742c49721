import { Refusal } from '../domain/refusal.js';

const LONGEST = 200;

/** Somebody by what a person typed about them. @throws Refusal where it would be found in everything, or is nothing */
export function typedName(name: string, email: string, fields = { name: 'name', email: 'email' }): { name?: string; email?: string } {
  const known = { name: name.trim(), email: email.trim().toLowerCase() };
  const texts = [known.email, known.name].filter(Boolean);
  if (texts.length === 0) throw new Refusal('invalid', 'Give a name, an e-mail address, or both.', { field: fields.name });
  if (texts.some((text) => text.length < 3 || text.length > LONGEST))
    throw new Refusal('invalid', `A name or an address has 3 to ${LONGEST} characters: shorter ones would be found in everything.`, {
      field: fields.name,
    });
  if (known.email !== '' && !known.email.includes('@')) throw new Refusal('invalid', 'This is no e-mail address.', { field: fields.email });
  return { ...(known.name !== '' && { name: known.name }), ...(known.email !== '' && { email: known.email }) };
}
