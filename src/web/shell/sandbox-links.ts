import type { Config } from '../../platform/config/config.js';
import type { Link } from './shell-view.js';

/** The pages of the pretended vendors and the mailbox, under the names people know. Undefined when live. */
export function sandboxLinks(config: Config, labelOf: (connector: string) => string): { links: Link[] } | undefined {
  if (!config.sandboxServers) return undefined;
  const urls = Object.entries(config.sandboxServers.urls).filter(([key]) => key !== 'identity');
  return { links: urls.map(([key, href]) => ({ label: key === 'mailbox' ? 'Mailbox' : labelOf(key), href })) };
}
