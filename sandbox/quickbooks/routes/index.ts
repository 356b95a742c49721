import { Router } from 'express';
import type { SandboxContext } from '../../kit/server.js';
import { booksOf } from '../books.js';
import { NotModelled } from '../fault-bodies.js';
import { oauthRoutes } from '../oauth.js';
import { faultAnswer } from './answer.js';
import { batchRoutes } from './batch.js';
import { cdcRoutes } from './cdc.js';
import { entityRoutes } from './entity.js';
import { gateway } from './gateway.js';
import { queryRoutes } from './query.js';
import { sendRoutes } from './send.js';
import { temporaryDownloads, uploadRoutes } from './upload.js';

export function vendorRoutes(context: SandboxContext): Router {
  const books = booksOf(context);
  const router = Router();
  router.use(oauthRoutes(context));
  router.use(temporaryDownloads(books));
  router.use(
    '/v3/company/:realmId',
    gateway(context, books),
    queryRoutes(books),
    batchRoutes(books),
    cdcRoutes(books),
    uploadRoutes(books),
    sendRoutes(books),
    entityRoutes(books),
  );
  router.use(() => {
    throw new NotModelled('This route is not modelled');
  });
  router.use(faultAnswer(books));
  return router;
}
