import type { Books } from './books.js';
import { downloadAddress, fileOf } from './files.js';
import type { LinkTarget } from './entities/links.js';

/** Invoices and credit memos of that number, or all, each with its payments and attachments beside it. */
export function documents(books: Books, number: string | undefined): unknown[] {
  return (['Invoice', 'CreditMemo'] as const).flatMap((kind) =>
    books
      .all(kind)
      .filter((document) => number === undefined || document.DocNumber === number)
      .map((document) => ({
        ...document,
        _kind: kind,
        _payments: document.LinkedTxn.flatMap((link) => (link.TxnType === 'Payment' ? (books.find('Payment', link.TxnId) ?? []) : [])),
        _attachments: attachments(books, kind, document.Id),
      })),
  );
}

function attachments(books: Books, kind: LinkTarget, id: string): unknown[] {
  return books
    .all('Attachable')
    .filter((attachable) =>
      attachable.AttachableRef?.some(({ EntityRef }) => EntityRef?.value === id && EntityRef.type?.toLowerCase() === kind.toLowerCase()),
    )
    .map((attachable) => {
      const file = fileOf(books, attachable.Id);
      return { ...attachable, TempDownloadUri: downloadAddress(books, attachable.Id), ...(file ? { _sha256: file.sha256 } : {}) };
    });
}
