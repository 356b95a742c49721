import { existsSync } from 'node:fs';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { scrub } from '../telemetry/scrub.js';
import './die-with-parent.js';
import { launch } from './launch.js';

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  await launch(process.env, process.argv.includes('--watch'));
} catch (error) {
  // A person reads a sentence; whoever has to find a fault of ours needs the rest.
  console.error(scrub(error instanceof OneSentenceError ? error.message : String(error instanceof Error ? (error.stack ?? error) : error)));
  process.exit(1);
}
