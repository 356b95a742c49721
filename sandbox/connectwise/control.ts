import { Router, type Response } from 'express';
import { z } from 'zod';
import type { SandboxContext } from '../kit/server.js';
import { readJson } from '../kit/server.js';
import type { InvoiceDoc } from './documents.js';
import { ApiError } from './errors.js';
import { deleteInvoice, saveInvoice, type Change } from './invoice-changes.js';
import { editLines, linesSchema } from './line-edits.js';
import * as models from './models.js';
import { mergeOptions, optionsSchema, readOptions, resetOptions } from './options.js';
import { present } from './present.js';
import { Psa } from './psa.js';
import { resolveReference } from './references.js';
import { recomputed } from './totals.js';

const change = (text: string): Change => ({ origin: 'user', by: 'dana', text });
const editSchema = z.looseObject({ delete: z.boolean().optional(), lines: linesSchema.optional() });

/** Levers for tests and the tour: the options, and edits as a person makes them in the PSA. */
export function controlRouter(context: SandboxContext): Router {
  const psa = new Psa(context);
  const router = Router();
  router.get('/options', (_request, response) => void response.json(readOptions(psa.store)));
  router.post('/options', (request, response) => {
    const wanted = optionsSchema.partial().safeParse(readJson(request));
    if (!wanted.success) return void response.status(400).json({ error: z.prettifyError(wanted.error) });
    response.json(mergeOptions(psa.store, wanted.data));
  });
  router.delete('/options', (_request, response) => void response.json(resetOptions(psa.store)));
  router.patch('/invoices/:number', (request, response) => {
    const invoice = psa.store.all<InvoiceDoc>('invoice').find((row) => row.invoiceNumber === request.params.number);
    if (!invoice) return void response.status(404).json({ error: `There is no invoice ${request.params.number}.` });
    const body = editSchema.safeParse(readJson(request));
    if (!body.success) return void response.status(400).json({ error: z.prettifyError(body.error) });
    try {
      edit(psa, invoice, body.data, response);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      response.status(error.status).json(error.body);
    }
  });
  return router;
}

/** Fields that are named win over recomputed totals, so that a test can make an invoice that does not add up. */
function edit(psa: Psa, invoice: InvoiceDoc, body: z.infer<typeof editSchema>, response: Response): void {
  const { delete: gone, lines, ...fields } = body;
  if (gone) {
    deleteInvoice(psa, invoice, change('Invoice deleted'));
    return void response.status(204).end();
  }
  const unknown = Object.keys(fields).filter((name) => !models.Invoice.fields.has(name));
  if (unknown.length > 0) return void response.status(400).json({ error: `An invoice has no ${unknown.join(', ')}.` });
  const saved = psa.store.transaction(() => {
    if (lines) editLines(psa, invoice, lines);
    const merged = { ...invoice, ...withReferences(psa, fields) };
    return saveInvoice(psa, { ...recomputed(psa.store, merged), ...onlyTotals(fields) }, change('Invoice edited'));
  });
  response.json(present(saved, models.Invoice, psa));
}

function withReferences(psa: Psa, fields: Record<string, unknown>): Record<string, unknown> {
  const resolve = (name: string, value: unknown) =>
    models.Invoice.fields.get(name)?.kind === 'r' && name !== '_info' ? resolveReference(psa.store, 'Invoice', name, value) : value;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, resolve(name, value)]));
}

function onlyTotals(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => models.Invoice.readOnly.has(name) && name !== 'id' && name !== '_info'),
  );
}
