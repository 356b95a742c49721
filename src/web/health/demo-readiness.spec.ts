import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Config } from '../../platform/config/config.js';
import { DemoReadiness } from './demo-readiness.js';

const waitingFor = (demoFile?: string) => new DemoReadiness({ demoFile } as Config);

it('is given once the file names this process, and stays', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'demo-')), 'demo.json');
  const demo = waitingFor(file);
  expect(demo.isSetUp()).toBe(false);
  writeFileSync(file, JSON.stringify({ pids: { app: process.pid + 1 } }));
  expect(demo.isSetUp()).toBe(false);
  writeFileSync(file, JSON.stringify({ pids: { app: process.pid } }));
  expect(demo.isSetUp()).toBe(true);
  writeFileSync(file, '');
  expect(demo.isSetUp()).toBe(true);
});

it('is given where nothing has to be set up', () => {
  expect(waitingFor().isSetUp()).toBe(true);
});
