import type { Books } from '../books.js';
import { invalidReference, objectNotFound } from '../faults.js';
import type { Entity, EntityName } from './entity.js';

const LIST_WORDS: Partial<Record<EntityName, string>> = {
  Account: 'Accounts',
  Customer: 'Customers',
  Item: 'Items',
  Term: 'Terms',
  Class: 'Classes',
  Department: 'Departments',
};

/** The entity that a reference names: 2500 when there is none, 610 when it was made inactive. */
export function requireActive<K extends EntityName>(books: Books, kind: K, id: string, element: string): Entity<K> {
  const entity = books.find(kind, id);
  if (!entity) throw invalidReference(LIST_WORDS[kind] ?? kind, id, element);
  if ('Active' in entity && entity.Active === false) throw objectNotFound();
  return entity;
}
