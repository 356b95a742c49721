import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  sent: string;
  status: number;
  answered: string;
}

export interface RecordingProxy {
  url: string;
  exchanges: Exchange[];
  close(): void;
}

/** Stands between a connector and a vendor of ours and keeps both sides of what they say to each other. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const sent = await bytesOf(request);
      const { method = 'GET', url = '/', headers } = request;
      const out = forward(`${target}${url}`, { method, headers: { ...headers, host: new URL(target).host } }, (answer) => {
        void bytesOf(answer).then((answered) => {
          const { pathname, searchParams } = new URL(url, target);
          const status = answer.statusCode ?? 0;
          exchanges.push({ method, path: pathname, query: searchParams, sent: sent.toString(), status, answered: answered.toString() });
          response.writeHead(status, answer.headers).end(answered);
        });
      });
      out.end(sent);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanges, close };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
