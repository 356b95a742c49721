const HIDDEN = '[hidden]';
const SECRET_NAMES = [
  'access_token',
  'apikey',
  'api_key',
  'authorization',
  'client_secret',
  'clientsecret',
  'code_verifier',
  'cookie',
  'credentials',
  'id_token',
  'otp',
  'passphrase',
  'password',
  'privatekey',
  'private_key',
  'refresh_token',
  'secret',
  'set-cookie',
  'token',
].join('|');

const RULES: readonly (readonly [RegExp, string])[] = [
  // A private key as text, also inside JSON, where its line ends are two characters.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|(?=")|$)/g, HIDDEN],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  // user:password@ in an address.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@"]+@/gi, `$1:${HIDDEN}@`],
  [new RegExp(`([?&#](?:code|state|${SECRET_NAMES})=)[^&\\s"'\\\\]+`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`(\\\\?"(?:${SECRET_NAMES})\\\\?"\\s*:\\s*\\\\?")(?:[^"\\\\]|\\\\(?!"))+`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`\\b((?:${SECRET_NAMES})\\s*[=:]\\s*)(?![\\s"'{\\[])[^\\s"',;&)}\\\\]{4,}`, 'gi'), `$1${HIDDEN}`],
  [/[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+/g, '[e-mail]'],
  // What only a machine writes: JWTs, sealed envelopes, API keys, codes of providers.
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  [/\bv\d\.[\w-]{1,32}\.[\w-]{20,}(?:\.[\w-]+)?/g, HIDDEN],
];

/** Long, and of lower case, upper case and figures: a token. A document's hash or a UUID is neither. */
const MACHINE_WORD = /(?<![\w+/=-])(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])(?=[\w+/-]*\d)[\w+-]{28,}={0,2}(?![\w/])/g;

/**
 * The text without what may not stand in a log or a trace: keys, tokens, cookies, passwords in addresses, e-mail addresses.
 * The last net below a rule that is kept in the first place: nobody logs a payload.
 */
export function scrub(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of RULES) clean = clean.replace(pattern, replacement);
  return clean.replace(MACHINE_WORD, HIDDEN);
}
