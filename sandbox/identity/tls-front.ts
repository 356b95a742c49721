import { connect, type AddressInfo } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { createServer } from 'node:tls';

export interface TlsFront {
  url: string;
  close(): Promise<void>;
}

/** Speaks https on its own port and passes the plain bytes to the http listener, so that both ports serve the same routes. */
export async function startTlsFront(options: { port: number; behind: string; cert: string; key: string }): Promise<TlsFront> {
  const open = new Set<Duplex>();
  const target = Number(new URL(options.behind).port);
  const server = createServer({ cert: options.cert, key: options.key }, (outer) => {
    const inner = connect(target, '127.0.0.1');
    open.add(outer);
    // A side that hangs up early is no failure of the sandbox: pipeline ends the other one.
    pipeline(outer, inner, outer, () => open.delete(outer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
