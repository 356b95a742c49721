import { createHash } from 'node:crypto';

/** The key ring of tests: 32 bytes that look like a key and are the same in every process of a run. */
export const testKey: Buffer = createHash('sha256').update('countersign test key').digest();
