import { connect } from 'node:net';

/** Bytes on a socket, as no client library would send them. @returns what came back until the server closed or fell silent */
export async function rawRequest(url: string, bytes: string | Buffer, patienceMs = 30_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number.parseInt(port, 10), hostname === 'localhost' ? '127.0.0.1' : hostname, () => socket.write(bytes));
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patienceMs, end);
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', end);
    socket.on('close', end);
  });
}
