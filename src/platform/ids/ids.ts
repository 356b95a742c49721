import { randomFillSync } from 'node:crypto';
import type { Clock } from '../clock/clock.js';

export type FillRandom = (bytes: Uint8Array) => Uint8Array;

const SEQUENCE_BITS = 12;

/**
 * Makes UUIDs of version 7 (RFC 9562): the millisecond first, so that rows lie on disk in the order they came.
 * Within one process they strictly increase: twelve bits after the time count on (method 1 of the RFC), and a clock
 * that is set back does not bring old values again. Also the injection token.
 */
export class Ids {
  private lastTick = 0n;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly fillRandom: FillRandom = randomFillSync,
  ) {}

  uuidv7(): string {
    const bytes = this.fillRandom(new Uint8Array(16));
    const tick = this.nextTick(bytes);
    const text = (tick >> BigInt(SEQUENCE_BITS)).toString(16).padStart(12, '0');
    const sequence = (tick & 0xfffn).toString(16).padStart(3, '0');
    const tail = Buffer.from(bytes.subarray(8)).toString('hex');
    const variant = (((bytes[8] ?? 0) & 0x3f) | 0x80).toString(16);
    return `${text.slice(0, 8)}-${text.slice(8)}-7${sequence}-${variant}${tail.slice(2, 4)}-${tail.slice(4)}`;
  }

  private nextTick(random: Uint8Array): bigint {
    // A random start with the top bit free leaves room to count within the same millisecond.
    const start = BigInt((((random[6] ?? 0) & 0x07) << 8) | (random[7] ?? 0));
    const fresh = (BigInt(this.clock.now().getTime()) << BigInt(SEQUENCE_BITS)) | start;
    this.lastTick = fresh > this.lastTick ? fresh : this.lastTick + 1n;
    return this.lastTick;
  }
}
