const ORDER = ['first', 'second', 'last'] as const;

/** Something that runs beside the launcher. The app stops first, then the sandbox, then the database. */
export interface RunningPart {
  order: (typeof ORDER)[number];
  /** Resolves with one sentence when it ended. */
  died: Promise<string>;
  stop(): Promise<void>;
}

/** What has been started. None of it is of use alone, so the end of one is the end of all. */
export class RunningParts {
  private readonly parts: RunningPart[] = [];
  private stopping: Promise<void> | undefined;
  private leaving = false;

  /** Whether the end was asked for by a signal or a dead part. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  add(part: RunningPart): void {
    this.parts.push(part);
    void part.died.then((sentence) => {
      if (this.stopping) return;
      console.error(sentence);
      return this.stopAndExit(1);
    });
    // Started while everything else was already being stopped: it has to go as well.
    if (this.stopping) void part.stop();
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  async stopAndExit(code: number): Promise<never> {
    this.leaving = true;
    await this.stop();
    return process.exit(code);
  }

  private async stopInOrder(): Promise<void> {
    for (const order of ORDER) {
      const group = this.parts.filter((part) => part.order === order);
      await Promise.all(group.map((part) => part.stop()));
    }
  }
}
