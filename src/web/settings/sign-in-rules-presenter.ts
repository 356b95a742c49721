import { SIGN_IN_WAYS, type SignInRules, type SignInWay } from '../../identity/sign-in/sign-in-rules.js';
import type { Settings } from '../../platform/config/config.js';
import type { SettingsFrame, SignInRulesPage } from './settings-view.js';

type Installed = Pick<Settings, 'google' | 'microsoft' | 'oidc' | 'mail'>;

export function signInRulesFields(
  { ways, directories, googleDomains }: SignInRules,
  installed: Installed,
  problem?: { sentence: string; field?: string },
): Omit<SignInRulesPage, keyof SettingsFrame> {
  return {
    ways: SIGN_IN_WAYS.map((value) => ({
      value,
      label: labelOf(value, installed),
      checked: ways.includes(value),
      missing: !isThere(value, installed),
    })),
    directories: directories.join('\n'),
    googleDomains: googleDomains.join('\n'),
    problems: problem?.field === undefined ? {} : { [problem.field]: problem.sentence },
  };
}

function labelOf(way: SignInWay, { oidc }: Installed): string {
  return { google: 'Google', microsoft: 'Microsoft', oidc: oidc?.label ?? 'Company sign-in', email: 'A code or link sent by e-mail' }[way];
}

function isThere(way: SignInWay, installed: Installed): boolean {
  return (way === 'email' ? installed.mail : installed[way]) !== undefined;
}
