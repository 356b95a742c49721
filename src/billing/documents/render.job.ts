import { Injectable } from '@nestjs/common';
import { Refusal } from '../../domain/refusal.js';
import { JobHandler } from '../../jobs/job-handler.js';
import type { JobPayload } from '../../database/queues.js';
import { Documents } from './documents.js';

/** Renders ahead of the reader, so that the next invoice is there when it is asked for. While a company's prints have a pause, only the head start is lost. */
@Injectable()
export class RenderJob {
  constructor(private readonly documents: Documents) {}

  @JobHandler('document.render')
  async render({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    try {
      await this.documents.present(tenantId, id, signal);
    } catch (error) {
      if (error instanceof Refusal && (error.kind === 'not_found' || error.facts['standsBack'] === true)) return;
      throw error;
    }
  }
}
