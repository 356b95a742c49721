import { describe, expect, it } from 'vitest';
import { cyclesIn } from './house/cycles.js';
import { doorProblems } from './house/doors.js';
import { folderCycles, importProblems } from './house/import-rules.js';
import { filesBelow, isTestCode, typescriptIn } from './house/source-files.js';
import { vendorNameProblems } from './house/vendor-names.js';
import { ZONES } from './house/zones.js';

const sources = typescriptIn('src');
const sandbox = typescriptIn('sandbox');

describe('imports', () => {
  it('run one way through the house', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(importProblems(sources)).toEqual([]);
    expect(sandbox.length).toBeGreaterThan(100);
    expect(importProblems(sandbox)).toEqual([]);
  });

  it('close no circle between folders', () => {
    expect(folderCycles(sources)).toEqual([]);
    expect(cyclesIn(new Map(ZONES.map(({ name, sees }) => [name, new Set(sees)])))).toEqual([]);
  });

  // [file, what stands in it, the complaint]
  it.each([
    ['src/domain/money.ts', "import { x } from '../ports/outcome.js';", /domain may not see ports/],
    ['src/domain/money.ts', "import { readFileSync } from 'node:fs';", /knows nothing of node:fs/],
    ['src/domain/money.ts', "import { z } from 'zod';", /knows nothing of zod/],
    ['src/domain/money.spec.ts', "import { z } from '../database/audit/actor.js';", /domain may not see database/],
    ['src/ports/x.ts', "import { z } from 'zod';", /knows nothing of zod/],
    ['src/ports/x.ts', "import { x } from '../connectors/kit/http.js';", /ports may not see connectors\/kit/],
    ['src/connectors/xero/a.ts', "import { x } from '../quickbooks/client.js';", /connectors\/xero may not see connectors\/quickbooks/],
    ['src/connectors/xero/a.ts', "import { x } from '../../database/audit/actor.js';", /connectors\/xero may not see database/],
    ['src/connectors/xero/a.ts', "export { x } from '../../billing/posting/postable.js';", /may not see billing\/posting/],
    ['src/connectors/xero/a.ts', "type T = import('../../platform/clock/clock.js').Clock;", /may not see platform/],
    ['src/connectors/xero/a.ts', "await import('../index.js');", /connectors\/xero may not see connectors\/index/],
    ['src/connectors/kit/a.ts', "import '../xero/client.js';", /connectors\/kit may not see connectors\/xero/],
    ['src/connectors/kit/a.ts', "import QuickBooks from 'node-quickbooks';", /node-quickbooks belongs to src\/connectors\/quickbooks/],
    ['src/connectors/quickbooks/a.ts', "import { x } from 'xero-node/dist/gen/api.js';", /xero-node belongs to/],
    ['src/connectors/kit/a.ts', "const s = createRequire(import.meta.url).resolve('xero-node');", /xero-node belongs to/],
    ['src/connectors/kit/a.ts', "require.resolve('intuit-oauth');", /intuit-oauth belongs to/],
    ['src/billing/posting/a.ts', "import { x } from '../review/decisions.js';", /billing\/posting may not see billing\/review/],
    ['src/billing/posting/a.ts', "import { x } from '../queries/inbox.js';", /billing\/posting may not see billing\/queries/],
    ['src/billing/posting/a.ts', "import { x } from '../../connectors/index.js';", /may not see connectors\/index/],
    ['src/billing/invoices/a.ts', "import { x } from '../posting/outcomes.js';", /billing\/invoices may not see billing\/posting/],
    ['src/billing/outbox/a.ts', "import { x } from '../posting/outcomes.js';", /billing\/outbox may not see billing\/posting/],
    ['src/identity/a.ts', "import { x } from '../billing/invoices/invoice.entity.js';", /identity may not see billing\/invoices/],
    ['src/billing/posting/a.ts', "import { Repository } from 'typeorm';", /typeorm belongs to src\/database/],
    ['src/billing/posting/a.ts', "import puppeteer from 'puppeteer';", /puppeteer belongs to/],
    ['src/web/a.ts', "import passport from 'passport-google-oauth20';", /passport-google-oauth20 belongs to/],
    ['src/connections/a.ts', "import pg from 'pg';", /pg belongs to/],
    ['src/identity/create-tenant.repository.ts', "import pg from 'pg';", /pg belongs to/],
    ['src/identity/a.ts', "import { PgBoss } from 'pg-boss';", /pg-boss belongs to/],
    ['src/database/a.ts', "import { x } from '../billing/queries/inbox.js';", /database may not see billing\/queries/],
    ['src/jobs/a.ts', "import { x } from '../identity/members.js';", /jobs may not see identity/],
    ['src/platform/clock/a.ts', "import { x } from '../../database/audit/actor.js';", /platform may not see database/],
    ['src/platform/clock/a.ts', "import { x } from '../launcher/launch.js';", /platform may not see <root>/],
    ['sandbox/start.ts', "import { x } from '../src/database/audit/actor.js';", /sandbox may not see src\/database\/audit\/actor/],
    ['sandbox/xero/money.ts', "import { Money } from '../../src/domain/money.js';", /sandbox may not see src\/domain\/money/],
    ['sandbox/xero/sdk.spec.ts', "import { x } from '../../src/connectors/xero/client.js';", /sandbox may not see src\/connectors/],
    ['sandbox/start.ts', "await import('../test/support/xero.js');", /sandbox may not see test\/support/],
    ['src/web/a.ts', "import { MSP } from '../../sandbox/msp/msp.js';", /sandbox\/msp\/msp.ts is outside of src/],
    ['src/platform/launcher/launch.ts', "type T = import('../../../sandbox/start.js').ReadyLine;", /sandbox\/start.ts is outside of src/],
    ['src/connectors/xero/a.spec.ts', "import { x } from '../../../sandbox/xero/index.js';", /sandbox\/xero\/index.ts is outside of src/],
    ['src/main.ts', "await import('countersign-sandbox');", /countersign-sandbox is a process beside the app/],
    ['src/web/a.ts', "import { x } from '../api/shapes.js';", /web may not see api/],
    ['src/api/a.ts', "import { InvoiceEntity } from '../billing/invoices/invoice.entity.js';", /api reads and writes through services/],
    [
      'src/web/a.ts',
      "import { PostingRepository } from '../billing/outbox/posting.repository.js';",
      /web reads and writes through services/,
    ],
    ['src/web/a.ts', "import { x } from '../../test/support/xero.js';", /is outside of src/],
    ['src/web/a.ts', "import { x } from './b.fixture.js';", /is for specs only/],
    ['src/newcomer/a.ts', "import { x } from '../domain/money.js';", /newcomer has no place in the house/],
  ])('would be refused in %s: %s', (path, text, complaint) => {
    const problems = importProblems([{ path, text: `// line 1\n${text}\n` }]);
    expect(problems).toEqual([expect.stringMatching(complaint)]);
    expect(problems[0]).toContain(`${path}:2: `);
  });

  it.each([
    ['sandbox/xero/a.spec.ts', "import { x } from '../kit/store.js';\nimport { XeroClient } from 'xero-node';"],
    ['src/domain/a.ts', "import { Decimal } from 'decimal.js';\nimport { createHash } from 'node:crypto';"],
    ['src/ports/a.ts', "import type { z } from 'zod';\nimport { Money } from '../domain/money.js';"],
    ['src/connectors/xero/a.spec.ts', "import { x } from '../../../test/support/xero.js';\nimport axios from 'axios';"],
    ['src/identity/create-tenant.repository.ts', "import type { ClientBase } from 'pg';"],
    ['src/platform/launcher/launch.ts', "import { migrate } from '../../database/migrate.js';"],
    ['src/web/a.ts', "import type { Row } from '../billing/outbox/posting.repository.js';\nconst p = Promise.resolve('typeorm');"],
    ['src/billing/review/flag.entity.ts', "import { Entity } from 'typeorm';"],
    ['src/web/b.ts', "// import { x } from 'typeorm';\nconst text = \"import { x } from 'typeorm'\";"],
  ])('are allowed in %s: %s', (path, text) => {
    expect(importProblems([{ path, text }])).toEqual([]);
  });

  it('would be seen to close a circle', () => {
    const files = [
      { path: 'src/database/a.ts', text: "import { x } from '../jobs/b.js';" },
      { path: 'src/jobs/b.ts', text: "import { x } from '../identity/c.js';" },
      { path: 'src/identity/c.ts', text: "import { x } from '../database/a.js';" },
      { path: 'src/web/d.ts', text: "import { x } from '../database/a.js';" },
    ];
    expect(folderCycles(files)).toEqual([['database', 'identity', 'jobs']]);
  });
});

describe('a vendor’s name', () => {
  it('stands only in that vendor’s folder and the list of connectors', () => {
    const files = [...filesBelow('src'), ...filesBelow('templates')];
    expect(files.length).toBeGreaterThan(200);
    expect(vendorNameProblems(files)).toEqual([]);
  });

  it.each([
    ['src/web/a.ts', 'const a = 1;\n// Xero is special here', 'src/web/a.ts:2: names xero'],
    ['src/web/assets/a.css', '.quickBooks-pill {}', 'src/web/assets/a.css:1: names quickbooks'],
    ['templates/pages/a.hbs', '<p>ConnectWise</p>', 'templates/pages/a.hbs:1: names connectwise'],
    ['src/connectors/kit/a.ts', 'like XERO', 'src/connectors/kit/a.ts:1: names xero'],
    ['src/connectors/xero/a.ts', 'unlike QuickBooks', 'src/connectors/xero/a.ts:1: names quickbooks'],
    ['src/web/xero-pill.ts', '', 'src/web/xero-pill.ts:0: names xero'],
  ])('would be noticed in %s', (path, text, problem) => {
    expect(vendorNameProblems([{ path, text }])).toEqual([problem]);
  });

  it.each(['src/connectors/xero/a.ts', 'src/connectors/index.ts'])('is at home in %s', (path) => {
    expect(vendorNameProblems([{ path, text: 'Xero' }])).toEqual([]);
  });
});

describe('the database', () => {
  it('is reached through TenantTransaction, or from a file that says why not', () => {
    expect(doorProblems(sources.filter(({ path }) => !isTestCode(path)))).toEqual([]);
  });

  it.each([
    ["import { DataSource } from 'typeorm';", /DataSource of typeorm is a way/],
    ["import type { DataSource } from 'typeorm';", /DataSource of typeorm is a way/],
    ["import pg from 'pg';", /default of pg is a way/],
    ["import { Pool as P } from 'pg';", /Pool of pg is a way/],
    ['const runner = thing.createQueryRunner();', /createQueryRunner\(\) is a way/],
    ['await manager.getRepository(InvoiceRow).find();', /getRepository\(\) is a way/],
  ])('would be seen to be reached otherwise: %s', (text, complaint) => {
    expect(doorProblems([{ path: 'src/billing/review/a.repository.ts', text }], {})).toEqual([expect.stringMatching(complaint)]);
  });

  it.each(["import type { Client } from 'pg';", "import { Entity, type Repository } from 'typeorm';", 'tx.rows(InvoiceRow)'])(
    'may be spoken of: %s',
    (text) => {
      expect(doorProblems([{ path: 'src/billing/review/a.repository.ts', text }], {})).toEqual([]);
    },
  );

  it('would be missed where a door is gone', () => {
    expect(doorProblems([], { 'src/a.ts': 'because' })).toEqual(['src/a.ts is listed as a door and does not exist']);
  });
});
