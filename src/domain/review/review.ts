import type { Finding, ReviewFacts, ReviewRule } from './rule.js';
import { RULES } from './rules/index.js';

/** What all rules say, at most once per rule and target. */
export function review(facts: ReviewFacts, rules: readonly ReviewRule[] = RULES): Finding[] {
  const findings = new Map<string, Finding>();
  for (const finding of rules.flatMap((rule) => rule.check(facts))) {
    const key = `${finding.rule}\n${finding.target}`;
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}
