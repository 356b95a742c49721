import type { Books } from '../books.js';
import type { Entity, EntityName, FieldsOf } from './entity.js';

interface Writing<K extends EntityName> {
  books: Books;
  before: Entity<K> | undefined;
  allowDuplicateNumber: boolean;
}

/** What makes one kind writable. `prepare` and the `check…` functions refuse with a fault and change nothing. */
export interface EntityRules<K extends EntityName> {
  prepare(writing: Writing<K>, sent: unknown): FieldsOf[K];
  /** Runs in the same store transaction as the write. */
  written?(books: Books, before: Entity<K> | undefined, after: Entity<K>): Entity<K>;
  remove?: { check(books: Books, entity: Entity<K>): void; before(books: Books, entity: Entity<K>): void };
  voiding?: { check(books: Books, entity: Entity<K>): void; apply(books: Books, entity: Entity<K>): Entity<K> };
}
