// `npm run scan`: asks the registry for known weaknesses of what runs in production. Not part of `npm test`, whose result must not
// change overnight without a change of ours; run it before each release and every night.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditProblems } from './audit-problems.mjs';
import { giveUp, root } from './prepare.mjs';

const npm = process.env.npm_execpath;
const [program, ...first] = npm ? [process.execPath, npm] : ['npm'];
const { stdout } = spawnSync(program, [...first, 'audit', '--omit=dev', '--workspaces=false', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64_000_000,
});
let audit;
try {
  audit = JSON.parse(stdout);
} catch {
  giveUp('npm audit gave no answer: is the registry reachable?');
}
if (!audit.vulnerabilities) giveUp(`npm audit did not work: ${audit.error?.summary || audit.message || 'no reason given'}`);
const allowed = JSON.parse(readFileSync(join(root, 'scripts', 'scan-allowed.json'), 'utf8'));
const problems = auditProblems(audit, allowed, new Date().toISOString().slice(0, 10));
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'No known grave weakness in what runs.' : `${problems.length} to look at.`);
process.exitCode = problems.length === 0 ? 0 : 1;
