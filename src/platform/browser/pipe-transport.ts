import type { ConnectionTransport } from 'puppeteer';
import type { Readable, Writable } from 'node:stream';

/**
 * Speaks to a browser over two pipes, messages ended by a zero byte. A debugging port would be open to every account of the
 * machine, and with it every document in print.
 */
export class PipeTransport implements ConnectionTransport {
  onmessage?: (message: string) => void;
  onclose?: () => void;
  private pending: Buffer[] = [];

  constructor(
    private readonly toBrowser: Writable,
    fromBrowser: Readable,
  ) {
    fromBrowser.on('data', (chunk: Buffer) => this.receive(chunk));
    fromBrowser.on('close', () => this.onclose?.());
    // A browser that is gone is told by the closing of the other pipe.
    toBrowser.on('error', () => {});
    fromBrowser.on('error', () => {});
  }

  send(message: string): void {
    this.toBrowser.write(`${message}\0`);
  }

  close(): void {
    this.toBrowser.end();
  }

  private receive(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      this.pending.push(chunk.subarray(start, end));
      const message = Buffer.concat(this.pending).toString('utf8');
      this.pending = [];
      start = end + 1;
      // Each in a turn of its own: an answer may make the client wait for the next one.
      setImmediate(() => this.onmessage?.(message));
    }
    this.pending.push(chunk.subarray(start));
  }
}
