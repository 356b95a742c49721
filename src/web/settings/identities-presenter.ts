import { EMAIL_ISSUER, PROVIDERS, type Provider } from '../../identity/sign-in/confirmed.js';
import type { Settings } from '../../platform/config/config.js';
import type { LinkedIdentity } from '../../identity/person.repository.js';
import type { IdentitiesPage, SettingsFrame } from './settings-view.js';

type Installed = Pick<Settings, 'google' | 'microsoft' | 'oidc'>;
type Key = Provider | 'email';

/** The last one stays, and so does the one that opened this session. */
export function identitiesFields(
  identities: readonly LinkedIdentity[],
  cameBy: { issuer: string | null; subject: string | null } | undefined,
  installed: Installed,
): Omit<IdentitiesPage, keyof SettingsFrame> {
  return {
    identities: identities.map(({ issuer, subject, email, linkedAt, lastUsedAt }) => {
      const current = cameBy?.issuer === issuer && cameBy.subject === subject;
      return {
        issuer,
        subject,
        key: keyOf(issuer),
        label: labelOf(keyOf(issuer), installed),
        email: email ?? '',
        linkedAt: linkedAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
        current,
        removable: identities.length > 1 && !current,
      };
    }),
    addable: PROVIDERS.filter((key) => installed[key] !== undefined).map((key) => ({
      key,
      label: labelOf(key, installed),
      href: `/settings/account/identities/${key}`,
    })),
  };
}

function keyOf(issuer: string): Key {
  if (issuer === EMAIL_ISSUER || issuer === 'google') return issuer === 'google' ? 'google' : 'email';
  return issuer.startsWith('microsoft:') ? 'microsoft' : 'oidc';
}

function labelOf(key: Key, { oidc }: Installed): string {
  return { google: 'Google', microsoft: 'Microsoft', oidc: oidc?.label ?? 'Company sign-in', email: 'Code by e-mail' }[key];
}
