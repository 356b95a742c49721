import type { SourceFile } from './source-files.js';

/** In pieces, so that this file does not break its own rule. */
const at = (...parts: string[]): string => parts.join('');

const RULES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(at('-----BEGIN ', '(?:[A-Z]+ )*PRIVATE KEY', '-----\\s*\\n?\\s*[A-Za-z0-9+/]{40}')), 'a private key'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'a key of a cloud'],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,})\b/, 'a token of a code host'],
  [/\bglpat-[A-Za-z0-9_-]{20}\b/, 'a token of a code host'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'a token of a package registry'],
  [/\b_(?:authToken|auth|password)\s*=\s*[^\s$]/, 'a token of a package registry'],
  [/\bxox[abprs]-[0-9A-Za-z-]{20,}/, 'a token of a chat'],
  [/\b(?:sk|rk)_live_[0-9A-Za-z]{20,}/, 'a key of a payment provider'],
  [/\bAIza[0-9A-Za-z_-]{35}\b/, 'a key of a cloud'],
  [/\bGOCSPX-[A-Za-z0-9_-]{28}\b/, 'a secret of a sign-in client'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}/, 'a signed token'],
  [/\bsk-(?:ant|proj)-[A-Za-z0-9_-]{20,}/, 'a key of a service'],
  [/\b(?:COUNTERSIGN_KEYS=|keys:\s*)\w+:[A-Za-z0-9+/]{43}=/, 'a key of the vault'],
  [
    /\b[a-z][a-z0-9+]*:\/\/[^\s:/@'"`$<{]+:(?!password@|pass@|b@|secret@|\$|\{|<)[^\s@'"`/$<{]{8,}@(?!127\.|localhost|host\b|[\w.-]*\.?example)/,
    'a password in an address',
  ],
];

/** The one key that everybody may see, because it is refused everywhere. */
const SAMPLE = at('uJ0cV3nT5bqYw1eXk7', 'RmZs9DhGfLp2AoKi4QvE6tHyM=');

/** What opens something and was left in the tree, as `file:line: what`; never the thing itself. */
export function secretProblems({ path, text }: SourceFile): string[] {
  const clean = text.replaceAll(SAMPLE, '');
  return RULES.flatMap(([pattern, what]) => {
    const found = pattern.exec(clean);
    return found ? [`${path}:${clean.slice(0, found.index).split('\n').length}: ${what}`] : [];
  });
}
