const FIRST = {
  ticket: 48_213,
  time: 90_511,
  expense: 7_710,
  product: 33_107,
  component: 61_001,
  addition: 12_001,
  adjustment: 801,
  payment: 41,
  routing: 9_001,
  order: 2_601,
};

/** Record ids as a PSA hands them out, one sequence per kind. */
export class SeedIds {
  private readonly given = new Map<string, number>();

  next(kind: keyof typeof FIRST): number {
    const id = this.given.get(kind) ?? FIRST[kind];
    this.given.set(kind, id + 1);
    return id;
  }

  /** The last id of each kind, where the running sandbox goes on. */
  last(kind: keyof typeof FIRST): number {
    return (this.given.get(kind) ?? FIRST[kind]) - 1;
  }
}
