import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.js';
import { redirectToHttps, renewTls } from './tls.js';

/** Opens the ports: the app's own, by TLS where there is a certificate, and then perhaps one that leads there from plain http. */
export async function listen(app: NestExpressApplication, config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'edge'>): Promise<void> {
  await app.listen(config.port, config.host);
  const { tls } = config.edge;
  if (tls === undefined) return;
  const log = new Logger('tls');
  const server = app.getHttpServer() as HttpsServer;
  server.on(
    'close',
    renewTls(server, tls, (sentence) => log.warn(sentence)),
  );
  if (tls.redirectPort === undefined) return;
  const plain = redirectToHttps(config.publicUrl);
  await opened(plain, tls.redirectPort, config.host);
  server.on('close', () => plain.close());
}

function opened(server: HttpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
