const GRAVE = new Set(['high', 'critical']);

/** What of npm's audit stands in the way: what is grave and not allowed, and permissions that are without a reason, over, or of no use. */
export function auditProblems(audit, allowed, today) {
  const advisories = Object.values(audit.vulnerabilities ?? {}).flatMap(({ via }) => via.filter((one) => typeof one === 'object'));
  const grave = new Map(advisories.filter(({ severity }) => GRAVE.has(severity)).map((one) => [one.source, one]));
  const problems = [];
  for (const { advisory, package: name, reason, until } of allowed) {
    if (!reason.trim()) problems.push(`${name}: allowed without a reason`);
    else if (!grave.has(advisory)) problems.push(`${name}: allowed, and not found any more: take it off the list`);
    else if (until < today) problems.push(`${name}: allowed until ${until}, which has passed`);
    grave.delete(advisory);
  }
  return [...problems, ...[...grave.values()].map(({ name, title, severity, url }) => `${name}: ${title} (${severity}, ${url})`)];
}
