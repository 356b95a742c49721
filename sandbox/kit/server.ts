import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type Express, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { SandboxClock } from './clock.js';
import { Faults, faultSchema } from './faults.js';
import { RequestLog } from './request-log.js';
import { SandboxStore } from './store.js';

export interface SandboxOptions {
  /** Folder under which the vendor keeps its file. */
  dataDir: string;
  /** 0 lets the system choose. */
  port: number;
  /** One seed drives all invented data. */
  seed: number;
}

export interface RunningSandbox {
  key: string;
  url: string;
  store: SandboxStore;
  clock: SandboxClock;
  faults: Faults;
  log: RequestLog;
  close(): Promise<void>;
}

/** What a vendor hands to the kit: its routes, its first data, its wording of failures, and how it lists a document. */
export interface VendorSandbox {
  key: string;
  seed(context: SandboxContext): void;
  routes(context: SandboxContext): Router;
  /** Extra control routes, mounted under /_sandbox (for example POST /payments on a ledger). */
  control?(context: SandboxContext): Router;
  errorBody(status: number, request: Request): { contentType: string; body: string };
  /** `GET /_sandbox/documents?number=`: vendor-shaped documents (invoices, credit notes, payments) with that number, or all. */
  documents(context: SandboxContext, number: string | undefined): unknown[];
  /** `GET /`: a plain page of what the vendor holds. */
  page(context: SandboxContext): string;
  /** The app's settings that make it talk to this server instead of the real vendor. */
  environment?(url: string): Record<string, string>;
  /** From now on this vendor tells the app at `appUrl` what changes, as if its address had been typed into the vendor's own pages. */
  announceTo?(store: SandboxStore, appUrl: string): void;
}

export interface SandboxContext {
  store: SandboxStore;
  clock: SandboxClock;
  seed: number;
  /** Own base address, without a trailing slash; known once the server listens. */
  url(): string;
}

/** Starts one vendor on loopback. Bodies reach the routes as raw `Buffer` in `request.body`; use `readJson` / `readForm`. */
export async function startSandbox(vendor: VendorSandbox, options: SandboxOptions): Promise<RunningSandbox> {
  const store = new SandboxStore(join(options.dataDir, `${vendor.key}.sqlite`));
  const clock = new SandboxClock(store);
  const faults = new Faults();
  const log = new RequestLog();
  let url = '';
  const context: SandboxContext = { store, clock, seed: options.seed, url: () => url };
  if (!store.get('_meta', 'seed')) {
    store.transaction(() => {
      vendor.seed(context);
      store.put('_meta', 'seed', { seed: options.seed });
    });
  }
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(express.raw({ type: () => true, limit: '50mb' }));
  mountControl(app, vendor, context, faults, log);
  app.use(log.middleware());
  app.use(faults.middleware((status, request) => vendor.errorBody(status, request)));
  app.use(vendor.routes(context));
  const server = createServer(app);
  url = await listen(server, options.port).catch((error: unknown) => {
    store.close();
    throw error;
  });
  return { key: vendor.key, url, store, clock, faults, log, close: () => close(server, store) };
}

function mountControl(app: Express, vendor: VendorSandbox, context: SandboxContext, faults: Faults, log: RequestLog): void {
  const control = express.Router();
  control.get('/requests', (request, response) => void response.json(log.list(request.query)));
  control.delete('/requests', (_request, response) => {
    log.clear();
    response.status(204).end();
  });
  control.get('/faults', (_request, response) => void response.json(faults.list()));
  control.post('/faults', (request, response) => {
    const fault = faultSchema.safeParse(readJson(request));
    if (!fault.success) return void response.status(400).json({ error: z.prettifyError(fault.error) });
    faults.plan(fault.data);
    response.status(201).json(fault.data);
  });
  control.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  control.post('/clock', (request, response) => moveClock(context.clock, request, response));
  control.get('/documents', (request, response) => {
    const number = request.query['number'];
    response.json(vendor.documents(context, typeof number === 'string' ? number : undefined));
  });
  if (vendor.control) control.use(vendor.control(context));
  control.use(
    (request: Request, response: Response) =>
      void response.status(404).json({ error: `The sandbox has no control ${request.method} ${request.originalUrl}` }),
  );
  app.use('/_sandbox', control);
  app.get('/', (_request, response) => void response.type('html').send(vendor.page(context)));
}

const clockSchema = z.union([
  z.object({ now: z.iso.datetime() }),
  z.object({ advanceMs: z.number() }),
  z.object({ reset: z.literal(true) }),
]);

function moveClock(clock: SandboxClock, request: Request, response: Response): void {
  const wanted = clockSchema.safeParse(readJson(request));
  if (!wanted.success) return void response.status(400).json({ error: 'Send {"now": ISO instant}, {"advanceMs": n} or {"reset": true}.' });
  if ('now' in wanted.data) clock.moveTo(new Date(wanted.data.now));
  else if ('advanceMs' in wanted.data) clock.advance(wanted.data.advanceMs);
  else clock.reset();
  response.json({ now: clock.now().toISOString() });
}

/** `undefined` when the body is not JSON: every vendor words that failure differently. */
export function readJson(request: Request): unknown {
  try {
    return JSON.parse((request.body as Buffer).toString('utf8'));
  } catch {
    return undefined;
  }
}

export function readForm(request: Request): URLSearchParams {
  return new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
}

export function escapeHtml(text: string | number | null | undefined): string {
  return String(text ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server, store: SandboxStore): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  store.close();
}
