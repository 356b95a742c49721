import { z } from 'zod';
import { tableWords } from './data-words.js';
import type { CertificateFields } from './data-view.js';

/** Of every kind: what is missing is not shown. */
const shape = z.looseObject({
  kind: z.string(),
  company: z.string().optional(),
  pseudonym: z.string().optional(),
  requestedAt: z.string().optional(),
  erasedAt: z.string().optional(),
  erasedBy: z.object({ kind: z.string(), id: z.string() }).optional(),
  requestedBy: z.object({ kind: z.string(), id: z.string() }).optional(),
  account: z.string().optional(),
  auditHead: z.object({ sequence: z.string(), hash: z.string() }).nullish(),
  rows: z.record(z.string(), z.number()).default({}),
  vendors: z.array(z.string()).default([]),
  kept: z.array(z.string()).default([]),
});

const TITLES: Readonly<Record<string, string>> = {
  person: 'Erasure of a person',
  contact: 'Erasure of a contact',
  tenant: 'Erasure of a company',
};
const ACCOUNTS: Readonly<Record<string, string>> = {
  erased: 'Erased with every sign-in',
  anonymous: 'Erased; a row without a name remains',
  member: 'Kept: the person belongs to another company here',
  none: 'There was none',
};

export function certificateFields(
  { body, sha256, signature }: { body: object; sha256: string; signature: string },
  isGenuine: boolean,
  jsonHref: string,
): CertificateFields {
  const said = shape.parse(body);
  const facts: (readonly [string, string | undefined])[] = [
    ['Company', said.company],
    ['Called from now on', said.pseudonym],
    ['Asked for', said.requestedAt],
    ['Erased', said.erasedAt],
    ['By', whoOf(said.erasedBy ?? said.requestedBy)],
    ['Account', said.account === undefined ? undefined : (ACCOUNTS[said.account] ?? said.account)],
    ['End of the record', said.auditHead ? `${said.auditHead.sequence}: ${said.auditHead.hash}` : undefined],
  ];
  return {
    title: TITLES[said.kind] ?? 'Erasure',
    isGenuine,
    facts: facts.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }])),
    rows: Object.entries(said.rows)
      .map(([place, count]) => ({ what: tableWords(place), count }))
      .toSorted((one, other) => (one.what < other.what ? -1 : 1)),
    notes: said.vendors,
    kept: said.kept,
    sha256,
    signature,
    jsonHref,
  };
}

function whoOf(actor: { kind: string; id: string } | undefined): string | undefined {
  return actor && `${actor.kind.replace('_', ' ')} ${actor.id}`;
}
