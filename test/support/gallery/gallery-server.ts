import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Browser } from 'puppeteer';
import { securityHeaders } from '../../../src/platform/http/security-headers.js';
import { assetHandler } from '../../../src/web/asset-handler.js';
import { AssetLibrary } from '../../../src/web/asset-library.js';
import { ViewEngine } from '../../../src/web/view-engine.js';
import { anInbox, aList } from './inbox-fixture.js';
import { anInvoice } from './invoice-fixture.js';
import { sampleDocument } from './sample-document.js';
import { screens, type Screen } from './screens.js';
import { aShell, NOW } from './shell-fixture.js';

export interface Gallery {
  origin: string;
  screens: Screen[];
  /** 'POST /invoices/i0/approval documentHash=9f2c', in order. */
  decisions: string[];
  close(): void;
}

/** The real templates, assets and security policy over fixtures; of the real server only the few answers that scripts wait for. */
export async function openGallery(browser: Browser): Promise<Gallery> {
  const assets = new AssetLibrary();
  const engine = new ViewEngine({ assets, clock: { now: () => NOW }, production: true });
  const sample = await sampleDocument(browser);
  const made = screens(engine, sample.positions);
  const decisions: string[] = [];
  const app = express();
  for (const handler of securityHeaders({ https: false })) app.use(handler);
  app.use(assetHandler(assets));
  app.use(express.urlencoded({ extended: false }));
  app.get('/invoices/:id/document.pdf', (_request, response) => void response.type('pdf').send(Buffer.from(sample.bytes)));
  app.get('/invoices/:id', (request, response) => {
    const id = request.params.id;
    response.send(
      engine.render('invoice', { shell: aShell(), invoice: anInvoice({ id, number: numberOf(id) }, 'document', sample.positions) }),
    );
  });
  app.post('/invoices/:id/approval', (request, response) => {
    decisions.push(`POST ${request.path} ${new URLSearchParams(request.body as Record<string, string>).toString()}`);
    const toast = { text: 'Approved.', undo: { href: `${request.path}`, seconds: 10, target: '#invoice' } };
    const next = anInvoice({ id: 'i1', number: numberOf('i1'), flags: [], blockingFlags: [], openFlags: 0 }, 'document', sample.positions);
    response.send(engine.render('inbox/decision', { shell: aShell({ toasts: [toast] }), invoice: next, list: aList() }));
  });
  app.delete('/invoices/:id/approval', (request, response) => {
    decisions.push(`DELETE ${request.path}`);
    const invoice = anInvoice({ id: request.params.id }, 'document', sample.positions);
    response.send(engine.render('inbox/decision', { shell: aShell(), invoice, list: aList() }));
  });
  app.post('/settings/brand/preview', (_request, response) => void response.type('pdf').send(Buffer.from(sample.bytes)));
  app.get('/invoices', (_request, response) => void response.send(engine.render('inbox', anInbox(), { htmx: 'results' })));
  app.get('/:name', (request, response) => {
    const screen = made.find(({ name }) => name === request.params.name);
    if (screen) response.send(screen.html);
    else response.status(404).end();
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { origin: `http://127.0.0.1:${port(server)}`, screens: made, decisions, close: () => void server.close() };
}

/** As the fixture's list numbers them: i0 is INV-1042. */
function numberOf(id: string): string {
  return `INV-${1042 + Number.parseInt(id.slice(1), 10)}`;
}

function port(server: Server): number {
  return (server.address() as AddressInfo).port;
}
