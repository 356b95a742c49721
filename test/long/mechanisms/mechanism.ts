/** One thing that keeps a promise of docs/security.md, what the sources say without it, and the test that has to notice. */
export interface Mechanism {
  /** The first words of its row in docs/security.md. */
  row: string;
  /** As it stands in one file of the sources; files move, so it is found by its words and not by a path. */
  text: string;
  without: string;
  /** As docs/security.md names it in that row. */
  spec: string;
  /** The test's name, or the part of it that docs/security.md names. */
  test: string;
}

/** A row of which nothing is taken out here. */
export interface Excuse {
  row: string;
  because: string;
}
