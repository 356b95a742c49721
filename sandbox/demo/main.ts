import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { setUp } from './set-up.js';

/** On standard input, so that the owner's link stands in no list of processes. */
const asked = z.object({ url: z.url(), ownerLink: z.url().optional() });

try {
  const { url, ownerLink } = asked.parse(JSON.parse(await text(process.stdin)));
  const apiKeys = await setUp({ url, ...(ownerLink !== undefined && { ownerLink }) });
  process.stdout.write(`${JSON.stringify({ apiKeys })}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
