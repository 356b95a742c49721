import type { Request } from 'express';
import { API_MEMBER } from '../constants.js';
import type { Doc, InvoiceDoc, PaymentDoc, Ref } from '../documents.js';
import { findById, readBody, type Endpoints } from '../endpoints.js';
import { invalidObject } from '../errors.js';
import { settle, type Change } from '../invoice-changes.js';
import * as models from '../models.js';
import { patched, readWritable, requireFields } from '../patch.js';
import { present } from '../present.js';
import type { Psa } from '../psa.js';
import { paymentsOf } from '../totals.js';

const change = (text: string): Change => ({ origin: 'api', by: API_MEMBER, text });

function invoiceOf(psa: Psa, request: Request): InvoiceDoc {
  return findById(psa.store.all<InvoiceDoc>('invoice'), request.params['invoiceId'], models.Invoice);
}

const referenceTo = (invoice: InvoiceDoc): Ref => ({ id: invoice.id, identifier: invoice.invoiceNumber });

export function paymentRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const path = '/finance/invoices/:invoiceId/payments';
  const model = models.InvoicePayment;
  const rows = (request: Request) => paymentsOf(psa.store, invoiceOf(psa, request).id);
  const answer = (id: number) => present(psa.store.get<PaymentDoc>('payment', id) as PaymentDoc, model, psa);
  endpoints.read(path, model, rows);
  endpoints.on('post', path, (request, response) => {
    const invoice = invoiceOf(psa, request);
    const body = readWritable(psa.store, model, readBody(request));
    requireFields(model, body, ['amount']);
    if (psa.options().singlePaymentPerInvoice && rows(request).length > 0) {
      throw invalidObject(model.name, [{ field: 'invoice', code: 'ObjectExists', message: 'A payment already exists for this invoice.' }]);
    }
    const id = psa.store.transaction(() => {
      const next = psa.store.next('payment', 41);
      const defaults = { type: 'Payment', paymentDate: `${psa.timestamp().slice(0, 10)}T00:00:00Z`, appliedBy: API_MEMBER };
      psa.store.put('payment', next, { ...defaults, ...body, id: next, invoice: referenceTo(invoice), _info: stamp(psa) });
      settle(psa, invoice, change('Payment added'));
      return next;
    });
    response.status(201).json(answer(id));
  });
  const update = (request: Request, build: (before: PaymentDoc) => PaymentDoc) => {
    const invoice = invoiceOf(psa, request);
    const before = findById(rows(request), request.params['id'], model);
    const after = build(before);
    requireFields(model, after, ['amount']);
    psa.store.transaction(() => {
      psa.store.put('payment', before.id, { ...after, _info: stamp(psa) });
      settle(psa, invoice, change('Payment changed'));
    });
    return answer(before.id);
  };
  endpoints.on('patch', `${path}/:id`, (request, response) => {
    const body = readBody(request);
    response.json(update(request, (before) => patched(psa.store, model, before, body)));
  });
  endpoints.on('put', `${path}/:id`, (request, response) => {
    const body = readWritable(psa.store, model, readBody(request));
    response.json(update(request, ({ id, invoice }) => ({ type: 'Payment', ...body, id, invoice }) as unknown as PaymentDoc));
  });
  endpoints.on('delete', `${path}/:id`, (request, response) => {
    const invoice = invoiceOf(psa, request);
    const before = findById(rows(request), request.params['id'], model);
    psa.store.transaction(() => {
      psa.store.delete('payment', before.id);
      settle(psa, invoice, change('Payment deleted'));
    });
    response.status(204).end();
  });
}

const stamp = (psa: Psa) => ({ lastUpdated: psa.timestamp(), updatedBy: API_MEMBER });

export function routingRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const path = '/finance/invoices/:invoiceId/routings';
  const model = models.InvoiceRouting;
  const rows = (request: Request) => {
    const { id } = invoiceOf(psa, request);
    return psa.store.all<Doc>('routing').filter((row) => (row['invoice'] as Ref).id === id);
  };
  endpoints.read(path, model, rows);
  endpoints.on('post', path, (request, response) => {
    const invoice = invoiceOf(psa, request);
    const body = readWritable(psa.store, model, readBody(request));
    requireFields(model, body, ['member']);
    const id = psa.store.next('routing', 9_000);
    const row = {
      sequenceNumber: rows(request).length + 1,
      reviewedFlag: false,
      ...body,
      id,
      invoice: referenceTo(invoice),
      _info: stamp(psa),
    };
    psa.store.put('routing', id, row);
    response.status(201).json(present(row, model, psa));
  });
  const save = (request: Request, build: (before: Doc) => Doc) => {
    const before = findById(rows(request), request.params['id'], model);
    const after = { ...build(before), _info: stamp(psa) };
    psa.store.put('routing', before.id, after);
    return present(after, model, psa);
  };
  endpoints.on('patch', `${path}/:id`, (request, response) => {
    const body = readBody(request);
    response.json(save(request, (before) => patched(psa.store, model, before, body)));
  });
  endpoints.on('put', `${path}/:id`, (request, response) => {
    const body = readWritable(psa.store, model, readBody(request));
    response.json(save(request, (before) => ({ ...body, id: before.id, invoice: before['invoice'] })));
  });
  endpoints.on('delete', `${path}/:id`, (request, response) => {
    const before = findById(rows(request), request.params['id'], model);
    psa.store.delete('routing', before.id);
    response.status(204).end();
  });
}
