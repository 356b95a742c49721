import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Connect } from '../../connections/connect.js';
import type { ExternalAccount, ConnectorDescriptor } from '../../ports/connector.js';
import { view, type PageAnswer } from '../http/answers.js';
import { ShellViews, type ShellView } from '../shell/shell-view.js';

export interface FormProblem {
  sentence: string;
  /** The field that is wrong, where one is. */
  field?: string | undefined;
  status: number;
}

/** The connect page in its three shapes: a form for keys, a door to the vendor, a choice of accounts. */
@Injectable()
export class ConnectPages {
  constructor(
    private readonly connect: Connect,
    private readonly shells: ShellViews,
  ) {}

  /** @param typed what the person typed before; secrets are never given back */
  async form(request: Request, key: string, typed: Readonly<Record<string, string>>, problem?: FormProblem): Promise<PageAnswer> {
    const fields = (this.connect.offer(key).fields ?? []).map(({ optional, ...field }) => ({
      ...field,
      optional: optional === true,
      value: field.secret ? '' : (typed[field.name] ?? ''),
      ...(problem !== undefined && problem.field === field.name && { problem: problem.sentence }),
    }));
    return await this.page(request, key, { kind: 'form', fields }, problem);
  }

  /** Where somebody lands who came back from the vendor without a connection: why, and the way to try again. */
  async door(request: Request, key: string, problem: FormProblem): Promise<PageAnswer> {
    const what = accessWords(this.connect.offer(key).capabilities);
    return await this.page(request, key, { kind: 'leave', continueHref: `/connect/${key}`, what }, problem);
  }

  async accounts(request: Request, key: string, grant: string, accounts: readonly ExternalAccount[]): Promise<PageAnswer> {
    const choices = accounts.map(({ externalAccountId, label }) => ({ id: externalAccountId, label }));
    return await this.page(request, key, { kind: 'account', action: `/connect/${key}/account/${grant}`, accounts: choices });
  }

  private async page(request: Request, key: string, step: ConnectPage['step'], problem?: FormProblem): Promise<PageAnswer> {
    const { label } = this.connect.offer(key);
    const shell = await this.shells.of(request, { title: `Connect ${label}`, section: 'connections' });
    const page: ConnectPage = { shell, connector: { key, label }, step, ...(problem && { problem: problem.sentence }) };
    return view('connect', page, { status: problem?.status, headers: { 'Cache-Control': 'no-store' } });
  }
}

/** What a connection is asked to allow, in a person's words. */
function accessWords({ billingSource, accountingLedger, paymentSink }: ConnectorDescriptor['capabilities']): string[] {
  return [
    ...(billingSource
      ? ['Reading invoices with the time, expenses and products behind them', 'Writing the billing status of an invoice']
      : []),
    ...(paymentSink ? ['Writing payments that were received'] : []),
    ...(accountingLedger
      ? ['Reading the company, its accounts and its taxes', 'Writing customers, invoices and credit notes', 'Reading payments']
      : []),
  ];
}

export interface ConnectPage {
  shell: ShellView;
  connector: { key: string; label: string };
  step:
    | {
        kind: 'form';
        fields: {
          name: string;
          label: string;
          secret: boolean;
          help?: string;
          placeholder?: string;
          optional: boolean;
          value: string;
          problem?: string;
        }[];
      }
    | { kind: 'leave'; continueHref: string; what: string[] }
    | { kind: 'account'; action: string; accounts: { id: string; label: string; note?: string }[] };
  problem?: string;
}
