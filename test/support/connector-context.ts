import type { ConnectorContext, CredentialLease, Credentials, Pacer } from '../../src/ports/connector.js';

/** A pacer without limits that writes down what it was told. */
class UnlimitedPacer implements Pacer {
  readonly taken: string[] = [];
  readonly pauses: number[] = [];
  readonly budgets: number[] = [];
  inFlight = 0;

  take(kind: 'call' | 'batch' = 'call'): Promise<{ done(): void }> {
    this.taken.push(kind);
    this.inFlight += 1;
    return Promise.resolve({ done: () => void (this.inFlight -= 1) });
  }

  pause(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds);
    return Promise.resolve();
  }

  budget(remainingToday: number): Promise<void> {
    this.budgets.push(remainingToday);
    return Promise.resolve();
  }
}

/** The credentials of one grant in memory; a stale pair is renewed once, whoever asks. */
export class MemoryLease implements CredentialLease {
  renewals = 0;
  private renewing: Promise<Credentials> | undefined;

  constructor(
    private held: Credentials,
    private readonly refresh: (credentials: Credentials) => Promise<Credentials>,
  ) {}

  current(): Promise<Credentials> {
    return Promise.resolve(this.held);
  }

  renew(stale: Credentials): Promise<Credentials> {
    if (stale !== this.held) return this.current();
    this.renewing ??= this.refresh(stale)
      .then((fresh) => {
        this.renewals += 1;
        return (this.held = fresh);
      })
      .finally(() => (this.renewing = undefined));
    return this.renewing;
  }
}

export interface TestContext extends ConnectorContext {
  credentials: MemoryLease;
  pacer: UnlimitedPacer;
}

export function connectorContext(lease: MemoryLease, externalAccountId: string, signal = new AbortController().signal): TestContext {
  return { credentials: lease, pacer: new UnlimitedPacer(), clock: { now: () => new Date() }, signal, externalAccountId };
}
