/**
 * Goal: the whole job on real parts. `npm run tour` on an empty DATA_DIR pulls the sandbox's month, approves clean
 * invoices, posts them to both ledgers, pays and settles them, and finds no difference between the three systems.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { pdfText } from '../support/pdf-text.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INVOICES = 24;
const PATIENCE_MS = 540_000;
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-tour-'));

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it('runs from the PSA to both ledgers and back without a difference', async () => {
  const { code, output } = await tour();
  expect(output, output).toContain('Differences: 0');
  expect(code, output).toBe(0);
  const row = (currency: string, system: string) =>
    new RegExp(`^${currency} +${system} +(\\d+) +(\\S+) +(\\S+)$`, 'm').exec(output)?.slice(1);
  for (const currency of ['USD', 'AUD']) {
    expect(row(currency, 'ConnectWise'), output).toBeDefined();
    expect(row(currency, 'QuickBooks and Xero')).toEqual(row(currency, 'ConnectWise'));
  }
  const pdfs = readdirSync(join(dataDir, 'tour'));
  expect(pdfs).toHaveLength(INVOICES);
  const [first = ''] = pdfs;
  expect(await pdfText(readFileSync(join(dataDir, 'tour', first)))).toContain(first.replace('.pdf', ''));
});

async function tour(): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), 'sandbox/dist/tour/main.js', '--limit', String(INVOICES)], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0', NODE_ENV: '' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // What it had said by then tells where it stood still; it ends what it started.
  const tooLong = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearTimeout(tooLong);
  return { code, output };
}
