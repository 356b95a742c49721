/** The bytes with this hash never change, so the address may be kept for ever. */
export function documentHref(invoiceId: string, hash: string): string {
  return `/invoices/${encodeURIComponent(invoiceId)}/document.pdf?hash=${hash}`;
}
