// `npm run schema:release`: notes the migrations as they are now as released. From then on no file that stands in migrations/released.txt may be
// edited, and the upgrade test starts from them. Run it with each release, and not to get a red test green.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const folder = join(root, 'migrations');
const text = (name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
const tables = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
  .map((name) => `${createHash('sha256').update(text(name)).digest('hex')} ${name}`);
// The arguments and the result, which a policy or a trigger may depend on; the text of a function may change.
const functions = text('schema.txt')
  .split('\n')
  .flatMap((line) => /^public\.(\w+\(.*?\)): function (?:.*? )?(returns .*?), language/.exec(line)?.slice(1).join(' ') ?? [])
  .map((signature) => `function ${signature}`);
writeFileSync(join(folder, 'released.txt'), `${[...tables, ...functions].join('\n')}\n`);
console.log(`migrations/released.txt: ${tables.length} migrations, ${functions.length} functions.`);
