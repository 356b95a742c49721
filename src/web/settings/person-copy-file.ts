import type { Request, Response } from 'express';
import type { PersonCopy } from '../../lifecycle/export/person-copy.js';
import { PageAnswer } from '../http/answers.js';

/** As a file to keep, readable by people and by programs. */
export class PersonCopyFile extends PageAnswer {
  constructor(private readonly copy: PersonCopy) {
    super();
  }

  override write(_request: Request, response: Response): string {
    const name = `personal-data-${this.copy.about.madeAt.slice(0, 10)}.json`;
    response
      .status(200)
      .set({ 'Content-Disposition': `attachment; filename="${name}"`, 'Cache-Control': 'no-store' })
      .type('application/json');
    return JSON.stringify(this.copy, undefined, 2);
  }
}
