import type { LedgerDocument } from '../../ports/accounting-ledger.js';

const LONGEST_REFERENCE = 255;
const IN_URL = /#([A-Za-z0-9-]{1,60})$/;
const IN_REFERENCE = /(?:^|\s)\[([A-Za-z0-9-]{1,60})\]$/;

/** As fields of the SDK's models. */
export interface Marks {
  reference?: string;
  url?: string;
}

/**
 * Where our marker goes. An invoice carries it behind its link home ("Go to Countersign"), so that the reference stays
 * the client's own. Xero refuses a Url that contains its name, and credit notes have none: there it ends the reference.
 */
export function marksOf(document: Pick<LedgerDocument, 'kind' | 'marker' | 'link' | 'reference'>): Marks {
  const reference = document.reference?.trim() ?? '';
  if (document.kind === 'invoice' && document.link !== undefined && isShowable(document.link)) {
    return { ...(reference !== '' && { reference: reference.slice(0, LONGEST_REFERENCE) }), url: `${document.link}#${document.marker}` };
  }
  const mark = `[${document.marker}]`;
  const room = LONGEST_REFERENCE - mark.length - 1;
  return { reference: reference === '' ? mark : `${reference.slice(0, room).trimEnd()} ${mark}` };
}

export function markerOf(document: { Url?: string | null | undefined; Reference?: string | null | undefined }): string | undefined {
  return IN_URL.exec(document.Url ?? '')?.[1] ?? IN_REFERENCE.exec(document.Reference ?? '')?.[1];
}

function isShowable(link: string): boolean {
  return link.startsWith('https://') && !link.includes('#') && !/xero/i.test(link);
}
