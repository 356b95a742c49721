import { Injectable } from '@nestjs/common';
import type { BrandValues, BrandWish } from './brand-values.js';
import { FairQueue } from './fair-queue.js';
import { checkedLogoType } from './logo.js';
import { redrawPicture, type Picture } from './picture-process.js';

/** Decoded at once, over all tenants. */
const AT_ONCE = 2;
const MOST_WAITING = 10;

/** Uploaded logos, decoded and written anew. A tenant that uploads what takes for ever waits for itself alone. */
@Injectable()
export class LogoReader {
  private readonly queue = new FairQueue(AT_ONCE, { done: 'read', mostWaiting: MOST_WAITING });

  /** @throws Refusal with the field 'logo': what is wrong with the picture, or that too many wait */
  async read(tenantId: string, upload: Buffer): Promise<Picture> {
    const type = checkedLogoType(upload);
    const leave = await this.queue.enter(tenantId);
    try {
      return await redrawPicture(upload, type);
    } finally {
      leave();
    }
  }

  /** What somebody typed, with its picture read. Without one it is as it was. @throws as `read` does */
  async redrawn(tenantId: string, { logo, ...values }: BrandValues): Promise<BrandWish> {
    if (logo === undefined || logo === null) return { ...values, ...(logo === null && { logo }) };
    return { ...values, logo: await this.read(tenantId, logo) };
  }
}
