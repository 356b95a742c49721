import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../identity/caller.js';
import { sendHtml } from '../http/htmx.js';
import { ShellViews } from '../shell/shell-view.js';
import { ViewEngine } from '../view-engine.js';
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

/** Sends the page of a connection: as it is, after a change, or with why a change was refused. */
@Injectable()
export class ConnectionPages {
  constructor(
    private readonly connections: ConnectionViews,
    private readonly shells: ShellViews,
    private readonly views: ViewEngine,
  ) {}

  async sendList(request: Request, response: Response, caller: Caller): Promise<void> {
    const shell = await this.shells.of(request, { title: 'Connections', section: 'connections' });
    sendHtml(response, this.views.render('connections', await this.connections.list(caller, shell)));
  }

  async sendOne(
    request: Request,
    response: Response,
    caller: Caller,
    id: string,
    said: { problem?: string; saved?: string } = {},
  ): Promise<void> {
    const shell = await this.shells.of(request, { title: 'Connection', section: 'connections' });
    const page = await this.connections.one(caller, shell, id, said);
    sendHtml(response, this.views.render('connection', { ...page, shell: { ...shell, title: page.connection.connectorLabel } }));
  }

  /** Does it and goes back to the page; what cannot be done is said on the page. Not found stays an error. */
  async afterwards(
    request: Request,
    response: Response,
    caller: Caller,
    id: string,
    saved: Saved | undefined,
    work: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'not_found') throw error;
      response.status(error.kind === 'conflict' ? 409 : 422);
      return await this.sendOne(request, response, caller, id, { problem: error.message });
    }
    response.redirect(303, saved === undefined ? `/connections/${id}` : `/connections/${id}?saved=${saved}`);
  }
}
