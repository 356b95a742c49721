import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectorDescriptor, ConnectorEnvironment, Pacer } from '../../src/ports/connector.js';

/** A vendor that answers everything alike; whoever asks is a connector, whichever it is. */
export class FakeVendor {
  answer: RequestListener = (_request, response) => response.end();
  private server: Server | undefined;

  async start(): Promise<string> {
    const server = createServer((request, response) => this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** An answer with this status and text, whatever was asked. */
  says(status: number, text: string, headers: Record<string, string> = {}): void {
    this.answer = (_request, response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  }
}

/** All addresses of a connector lead to `url`; its settings are known by the ends of their names. */
export function environmentOf({ environment }: ConnectorDescriptor, url: string): ConnectorEnvironment {
  const setting = (name: string): string | undefined => {
    if (name.endsWith('_URL')) return url;
    if (name.endsWith('_RETRY_DELAY_MS')) return '1';
    return /_(?:ID|SECRET|KEY|TOKEN)$/.test(name) ? 'of-this-test' : undefined;
  };
  return Object.fromEntries(Object.keys(environment.shape).map((name) => [name, setting(name)]));
}

/** A pacer without limits that writes down in what order it is told things. */
export class NotingPacer implements Pacer {
  readonly told: string[] = [];
  inFlight = 0;

  take(): Promise<{ done(): void }> {
    this.inFlight += 1;
    this.told.push('take');
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      this.inFlight -= 1;
      this.told.push('done');
    };
    return Promise.resolve({ done });
  }

  /** Takes its time, as a database does. */
  async pause(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.told.push(`pause ${milliseconds}`);
  }

  budget(): Promise<void> {
    this.told.push('budget');
    return Promise.resolve();
  }
}
