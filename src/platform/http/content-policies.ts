type Directives = Readonly<Record<string, readonly string[]>>;

/**
 * Pages. No inline script or style, no eval, nothing from elsewhere; a form may only go back to us. There is no nonce: what
 * a nonce would let through, a script inside the page, does not exist here, so 'self' alone is the stricter rule.
 */
const PAGE: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'font-src': ["'self'"],
  // blob: is the logo that a person has picked and not yet uploaded.
  'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'form-action': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Everything that is not a page: opened by itself it can load nothing, run nothing, and has no origin. */
const BARE: Directives = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  sandbox: [],
};

/** A PDF that is opened in a tab: browsers show none inside `sandbox`, so it is only kept from running and loading anything. */
const PDF: Directives = {
  'default-src': ["'none'"],
  'object-src': ["'self'"],
  'style-src': ["'unsafe-inline'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** An uploaded drawing that is opened by itself must not be able to do anything either. */
const PICTURE: Directives = { ...BARE, 'style-src': ["'unsafe-inline'"], 'img-src': ['data:'] };

export const PAGE_POLICY = asText(PAGE);
export const BARE_POLICY = asText(BARE);
export const PDF_POLICY = asText(PDF);
export const PICTURE_POLICY = asText(PICTURE);

/** By what an answer turned out to be, not by what its address promises. Scripts and styles of ours are parts of pages. */
export function policyFor(path: string, contentType: string): string {
  if (path.startsWith('/api/') || path.startsWith('/webhooks/')) return BARE_POLICY;
  if (path.startsWith('/assets/') || /^text\/html\b/i.test(contentType)) return PAGE_POLICY;
  if (/^application\/pdf\b/i.test(contentType)) return PDF_POLICY;
  if (/^image\//i.test(contentType)) return PICTURE_POLICY;
  return BARE_POLICY;
}

function asText(directives: Directives): string {
  return Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join('; ');
}
