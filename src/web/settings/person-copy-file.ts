import type { Response } from 'express';
import type { PersonCopy } from '../../lifecycle/export/person-copy.js';

/** As a file to keep, readable by people and by programs. */
export function sendPersonCopy(response: Response, copy: PersonCopy): void {
  const name = `personal-data-${copy.about.madeAt.slice(0, 10)}.json`;
  response
    .status(200)
    .set({ 'Content-Disposition': `attachment; filename="${name}"`, 'Cache-Control': 'no-store' })
    .type('application/json')
    .send(JSON.stringify(copy, undefined, 2));
}
