import { existsSync } from 'node:fs';
import { OneSentenceError } from '../process/one-sentence-error.js';
import './die-with-parent.js';
import { launch } from './launch.js';

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  await launch(process.env);
} catch (error) {
  // A person reads a sentence; whoever has to find a fault of ours needs the rest.
  console.error(error instanceof OneSentenceError ? error.message : error);
  process.exit(1);
}
