import { BadRequestException } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/** PostgreSQL's text cannot hold U+0000, so that it would come back as a fault of ours from wherever it is first stored or compared. */
export function refuseNul(request: Request, _response: Response, next: NextFunction): void {
  const found = /%00|\0/.test(request.url) || holdsNul(request.body);
  next(
    found
      ? new BadRequestException('A text in this request holds the character U+0000, which nothing here can hold. Remove it and send again.')
      : undefined,
  );
}

/** Without recursion: a body may be nested as deep as its size allows. Raw bytes are the business of whoever reads them. */
function holdsNul(body: unknown): boolean {
  const waiting = [body];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one === 'string' && one.includes('\0')) return true;
    if (typeof one !== 'object' || one === null || Buffer.isBuffer(one)) continue;
    for (const [name, value] of Object.entries(one)) waiting.push(name, value);
  }
  return false;
}
