import type { Books } from './books.js';

/** Content of the newest uploads only: a load test attaches thousands of files and the store lives in memory. */
const KEPT_FILES = 300;
const DOWNLOAD_MS = 900_000;

export interface StoredFile {
  contentType: string;
  fileName: string;
  base64: string;
  sha256: string;
}

export function keepFile(books: Books, id: string, file: StoredFile): void {
  books.store.put('_file', id, file);
  const order = [...(books.store.get<string[]>('_files', 'order') ?? []), id];
  for (const old of order.splice(0, Math.max(0, order.length - KEPT_FILES))) books.store.delete('_file', old);
  books.store.put('_files', 'order', order);
}

export function fileOf(books: Books, id: string): StoredFile | undefined {
  return books.store.get<StoredFile>('_file', id);
}

/** Valid for fifteen minutes of the sandbox clock. */
export function downloadAddress(books: Books, id: string): string {
  return `${books.url()}/temporary-downloads/${id}?expires=${books.clock.now().getTime() + DOWNLOAD_MS}`;
}
