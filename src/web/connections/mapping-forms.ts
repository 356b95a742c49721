import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionQuery } from '../../billing/queries/connection-query.js';
import { ConnectionSettings } from '../../connections/settings.js';
import { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../identity/caller.js';
import { locationEdits } from './mapping-choices.js';

const ledgerId = z.uuid();

/** The form that maps locations to ledgers stands on two pages. */
@Injectable()
export class MappingForms {
  constructor(
    private readonly reading: ConnectionQuery,
    private readonly settings: ConnectionSettings,
  ) {}

  /** All or none. @param sourceId only the locations of this source */
  async saveLocations(caller: Caller, form: Readonly<Record<string, unknown>>, sourceId?: string): Promise<void> {
    const edits = locationEdits(await this.reading.list(caller), form, sourceId);
    if (edits.some(({ ledgerConnectionId: chosen }) => chosen !== null && !ledgerId.safeParse(chosen).success))
      throw new Refusal('invalid', 'This is not one of your ledgers. Choose one from the list.', { field: 'ledger' });
    await this.settings.mapLocations(caller, edits);
  }
}
