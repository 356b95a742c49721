import type { Books } from '../books.js';
import type { Entity, EntityName } from '../entities/entity.js';
import { downloadAddress } from '../files.js';

/** An attachable gets a fresh, short-lived download address each time it is read; all others are shown as they are held. */
export function presented(books: Books, kind: EntityName, entity: Entity): unknown {
  return kind === 'Attachable' && 'FileAccessUri' in entity ? { ...entity, TempDownloadUri: downloadAddress(books, entity.Id) } : entity;
}
