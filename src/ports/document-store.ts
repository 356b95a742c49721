/** Where stored documents live; bytes are immutable and keyed by their SHA-256 (hex). Default: a tenant table. */
export interface DocumentStore {
  put(bytes: Buffer): Promise<{ sha256: string; size: number }>;
  get(sha256: string): Promise<Buffer | undefined>;
}

export const DOCUMENT_STORE = Symbol('document store');
