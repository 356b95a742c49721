import { createHash } from 'node:crypto';

/** Over the members in order: a batch is re-sent only if it is byte for byte the one that was sent. */
export function membersHash(members: readonly { memberKey: string; body: string }[]): string {
  const hash = createHash('sha256');
  for (const member of members) hash.update(`${member.memberKey}\n${member.body}\n`);
  return hash.digest('hex');
}
