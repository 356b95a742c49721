import { setTimeout as after } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Documents } from '../../billing/documents/documents.js';
import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import { Refusal } from '../../domain/refusal.js';
import { documentHref } from '../inbox/inbox-address.js';

type Stored = Awaited<ReturnType<Documents['present']>>;
type Outcome = { document: Stored } | { failure: unknown };

/** How long a page waits for a document before it shows itself without: less than people notice. */
const PATIENCE_MS = 150;
/** An outcome that nobody came back for. */
const FORGET_AFTER_MS = 60_000;

/** Opens documents for pages: at once when stored, else rendering goes on in the background while the page asks again. */
@Injectable()
export class DocumentOpening {
  private readonly logger = new Logger('documents');
  private readonly openings = new Map<string, Promise<Outcome>>();

  constructor(private readonly documents: Documents) {}

  async open(tenantId: string, invoice: Pick<InvoiceDetail, 'id' | 'number'>): Promise<DocumentView> {
    const key = `${tenantId}/${invoice.id}`;
    const opening = this.openings.get(key) ?? this.begin(key, tenantId, invoice.id);
    const outcome = await Promise.race([opening, after(PATIENCE_MS, undefined, { ref: false })]);
    if (!outcome) return { state: 'rendering' };
    this.openings.delete(key);
    return 'document' in outcome
      ? readyView(outcome.document, invoice)
      : { state: 'failed', cause: this.causeOf(outcome.failure, invoice) };
  }

  private begin(key: string, tenantId: string, invoiceId: string): Promise<Outcome> {
    const opening = this.documents.present(tenantId, invoiceId).then(
      (document): Outcome => ({ document }),
      (failure: unknown): Outcome => ({ failure }),
    );
    this.openings.set(key, opening);
    void opening.then(async () => {
      await after(FORGET_AFTER_MS, undefined, { ref: false });
      if (this.openings.get(key) === opening) this.openings.delete(key);
    });
    return opening;
  }

  /** Only sentences that were written for people reach them. */
  private causeOf(failure: unknown, { number }: Pick<InvoiceDetail, 'number'>): string {
    this.logger.warn(`The document of ${number} could not be made: ${failure instanceof Error ? failure.message : 'unknown cause'}`);
    if (failure instanceof Refusal) return failure.message;
    if (failure instanceof Error && failure.name === 'PrintedTotalDiffers') return failure.message;
    return 'The document could not be rendered. Try again; if it fails again, tell whoever runs this installation.';
  }
}

function readyView({ sha256, size, positions }: Stored, { id, number }: Pick<InvoiceDetail, 'id' | 'number'>): DocumentView {
  return {
    state: 'ready',
    hash: sha256,
    href: documentHref(id, sha256),
    fileName: `${number}.pdf`,
    sizeText: `${Math.max(1, Math.round(size / 1_000)).toLocaleString('en-US')} kB`,
    positions: positions.map(({ lineKey, page, x, y, width, height }) => ({ lineKey, page, left: x, top: y, width, height })),
  };
}

/** Where a line stands on the stored document. Points (1/72 inch) from the top left of its page; pages count from 1. */
export interface LinePlace {
  lineKey: string;
  page: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

export type DocumentView =
  /** `hash` is what an approval consents to. */
  | { state: 'ready'; hash: string; href: string; fileName: string; sizeText: string; positions: LinePlace[] }
  | { state: 'rendering' }
  /** Cannot be rendered: the total on paper is not the invoice's, the browser is missing. */
  | { state: 'failed'; cause: string }
  /** The tenant keeps no invoice content. */
  | { state: 'not-kept'; why: string };
