import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Refusal } from '../../domain/refusal.js';
import { type Caller, CurrentCaller } from '../../identity/caller.js';
import { Cookies } from '../../identity/cookies.js';
import { Requires } from '../../identity/requires.js';
import { Connect, type ConnectOutcome } from '../../connections/connect.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { ConnectPages, type FormProblem } from './connect-pages.js';

/** One connect page for every vendor: keys are typed here, consent is given there. */
@PageController('connect/:connector')
export class ConnectController {
  constructor(
    private readonly connect: Connect,
    private readonly pages: ConnectPages,
    private readonly cookies: Cookies,
  ) {}

  @Get()
  @Requires('connection.manage', { stepUp: true })
  async begin(
    @Param('connector') key: string,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PageAnswer> {
    if (this.connect.offer(key).fields) return await this.pages.form(request, key, {});
    try {
      const { location, sealed, expiresAt } = this.connect.begin(caller, key);
      this.cookies.set(response, 'connect', sealed, expiresAt);
      return seeOther(location);
    } catch (error) {
      return await this.pages.door(request, key, problemOf(error));
    }
  }

  @Get('callback')
  @Requires('connection.manage')
  async comeBack(
    @Param('connector') key: string,
    @CurrentCaller() caller: Caller,
    @Query() query: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PageAnswer> {
    const sealed = this.cookies.read(request, 'connect');
    // Whatever comes of it, the same way back is not good twice.
    this.cookies.clear(response, 'connect');
    try {
      return this.goOn(key, await this.connect.complete(caller, key, texts(query), sealed));
    } catch (error) {
      return await this.pages.door(request, key, problemOf(error));
    }
  }

  @Post()
  @Requires('connection.manage', { stepUp: true })
  async submit(
    @Param('connector') key: string,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const typed = texts(body);
    try {
      return this.goOn(key, await this.connect.submit(caller, key, typed));
    } catch (error) {
      return await this.pages.form(request, key, typed, problemOf(error));
    }
  }

  @Get('account/:grant')
  @Requires('connection.manage')
  async showAccounts(
    @Param('connector') key: string,
    @Param('grant') grant: string,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const accounts = await this.connect.accountsOf(caller, key, grant);
    if (!accounts) return seeOther('/connections');
    return await this.pages.accounts(request, key, grant, accounts);
  }

  @Post('account/:grant')
  @Requires('connection.manage', { stepUp: true })
  async choose(
    @Param('connector') key: string,
    @Param('grant') grant: string,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      return this.goOn(key, await this.connect.choose(caller, key, grant, texts(body)['account'] ?? ''));
    } catch (error) {
      return await this.pages.door(request, key, problemOf(error));
    }
  }

  private goOn(key: string, outcome: ConnectOutcome): PageAnswer {
    if ('connectionId' in outcome) return seeOther(`/connections/${outcome.connectionId}`);
    return seeOther(`/connect/${key}/account/${outcome.pendingGrantId}`);
  }
}

/** Fields of a form or query as text; whatever else was sent counts as absent. */
function texts(source: unknown): Record<string, string> {
  const entries = typeof source === 'object' && source !== null ? Object.entries(source) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** @throws what is no news for the person who connects: unknown vendors, and faults of ours */
function problemOf(error: unknown): FormProblem {
  if (isConnectorError(error)) return { sentence: error.message, status: error.kind === 'unavailable' ? 503 : 422 };
  if (!(error instanceof Refusal) || error.kind === 'not_found') throw error;
  const { field } = error.facts;
  return { sentence: error.message, status: error.kind === 'conflict' ? 409 : 422, ...(typeof field === 'string' && { field }) };
}
