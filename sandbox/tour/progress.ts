/** A line that counts while work goes on; in a pipe it prints only beginning and end. */
export class Progress {
  private readonly started = performance.now();
  private done = 0;

  constructor(
    private readonly label: string,
    private readonly total: number | undefined,
  ) {
    this.show('');
  }

  to(done: number, note = ''): void {
    this.done = done;
    this.show(note);
  }

  step(): void {
    this.to(this.done + 1);
  }

  end(note: string): void {
    const seconds = ((performance.now() - this.started) / 1_000).toFixed(1);
    this.write(`${this.label.padEnd(28)} ${note} (${seconds} s)\n`);
  }

  private show(note: string): void {
    if (!process.stdout.isTTY) return;
    const count = this.total === undefined ? String(this.done) : `${this.done} of ${this.total}`;
    this.write(`${this.label.padEnd(28)} ${count} ${note}`);
  }

  private write(text: string): void {
    process.stdout.write(process.stdout.isTTY ? `\r\u001b[2K${text}` : text);
  }
}

/** Runs `work` over all items, `width` at a time. */
export async function eachOf<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
