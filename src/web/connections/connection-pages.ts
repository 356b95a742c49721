import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../identity/caller.js';
import { ShellViews } from '../shell/shell-view.js';
import { seeOther, view, type PageAnswer } from '../http/answers.js';
import { ConnectionViews } from './connection-views.js';

/** What was saved, as it stands in the address after a form. */
export const SAVED = {
  codes: 'The account mapping is saved.',
  locations: 'The locations are saved.',
  statuses: 'The statuses are saved.',
  schedule: 'The schedule is saved.',
  name: 'The name is saved.',
  checked: 'Checked just now.',
  'read-again': 'The records are being imported again.',
} as const;
export type Saved = keyof typeof SAVED;

/** The page of a connection: as it is, after a change, or with why a change was refused. */
@Injectable()
export class ConnectionPages {
  constructor(
    private readonly connections: ConnectionViews,
    private readonly shells: ShellViews,
  ) {}

  async list(request: Request, caller: Caller): Promise<PageAnswer> {
    const shell = await this.shells.of(request, { title: 'Connections', section: 'connections' });
    return view('connections', await this.connections.list(caller, shell));
  }

  async one(
    request: Request,
    caller: Caller,
    id: string,
    { status, ...said }: { problem?: string; saved?: string; status?: number } = {},
  ): Promise<PageAnswer> {
    const shell = await this.shells.of(request, { title: 'Connection', section: 'connections' });
    const page = await this.connections.one(caller, shell, id, said);
    return view('connection', { ...page, shell: { ...shell, title: page.connection.connectorLabel } }, { status });
  }

  /** Does it and goes back to the page; what cannot be done is said on the page. Not found stays an error. */
  async afterwards(
    request: Request,
    caller: Caller,
    id: string,
    saved: Saved | undefined,
    work: () => Promise<unknown>,
  ): Promise<PageAnswer> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'not_found') throw error;
      return await this.one(request, caller, id, { problem: error.message, status: error.kind === 'conflict' ? 409 : 422 });
    }
    return seeOther(saved === undefined ? `/connections/${id}` : `/connections/${id}?saved=${saved}`);
  }
}
