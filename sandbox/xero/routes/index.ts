import { Router } from 'express';
import type { SandboxContext } from '../../kit/server.js';
import { requireTenantAccess, requireToken } from '../access.js';
import { idempotency } from '../idempotency.js';
import type { Ledger } from '../ledger.js';
import { Limits } from '../limits.js';
import { Connections } from '../oauth/connections.js';
import { oauthRoutes } from '../oauth/routes.js';
import { Tokens } from '../oauth/tokens.js';
import { notFound } from '../problem.js';
import { attachmentContentRoute, attachmentRoutes } from './attachments.js';
import { contactRoutes } from './contacts.js';
import { creditNoteRoutes } from './credit-notes.js';
import { historyRoutes } from './history.js';
import { invoiceRoutes } from './invoices.js';
import { paymentRoutes } from './payments.js';
import { requireJson, sendProblem, unknownRoute } from './route.js';
import { settingsRoutes } from './settings.js';

/** Sign-in, the list of connections, and the accounting API with its gate: access, limits, idempotency, then the books. */
export function vendorRoutes(context: SandboxContext, ledger: Ledger): Router {
  const tokens = new Tokens(context);
  const connections = new Connections(context);
  const limits = new Limits(context);
  const router = Router();
  router.use(oauthRoutes(context, tokens, connections));
  router.get('/connections', limits.perApp(), (request, response) => {
    const grant = requireToken(tokens, request);
    const wanted = request.query['authEventId'];
    const shown = connections.of(grant).filter((connection) => wanted === undefined || connection.authEventId === wanted);
    response.json(shown.map((connection) => connections.view(connection)));
  });
  router.delete('/connections/:id', limits.perApp(), (request, response) => {
    if (!connections.remove(requireToken(tokens, request), String(request.params['id']))) throw notFound();
    response.status(204).end();
  });
  const api = Router();
  api.use(requireTenantAccess(tokens, connections), limits.perTenant(), idempotency(context));
  attachmentContentRoute(api, ledger);
  api.use(requireJson);
  settingsRoutes(api, ledger);
  contactRoutes(api, ledger);
  invoiceRoutes(api, ledger);
  creditNoteRoutes(api, ledger);
  paymentRoutes(api, ledger);
  attachmentRoutes(api, ledger);
  historyRoutes(api, ledger);
  api.use(unknownRoute);
  router.use('/api.xro/2.0', api, sendProblem);
  router.use(unknownRoute, sendProblem);
  return router;
}
