import { Injectable } from '@nestjs/common';
import { ConnectionQuery, type ConnectionDetail, type ConnectionItem } from '../../billing/queries/connection-query.js';
import { PostingQuery } from '../../billing/queries/posting-query.js';
import { CodeMappings } from '../../connections/code-mappings.js';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { may } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import type { ShellView } from '../shell/shell-view.js';
import { connectionCard, type CardFacts, type ConnectionCard } from './card-presenter.js';
import { categoryChoices, taxChoices, type CodeFacts, type CodeMappingRow } from './code-choices.js';
import { roleText } from './connection-words.js';
import { locationChoices, statusChoices, type LocationChoice, type StatusChoice } from './mapping-choices.js';
import { runRow, scheduleRows, setAsideRow, type RunRow, type SetAsideRow, type ScheduleView } from './runs-presenter.js';

export interface ConnectionsPage {
  shell: ShellView;
  /** What could not be done, and why. */
  problem?: string;
  cards: ConnectionCard[];
  /** Vendors that can be connected. */
  available: { label: string; roleText: string; href: string }[];
  stop: { stopped: boolean; by?: string; at?: string };
}

export interface ConnectionPage {
  shell: ShellView;
  problem?: string;
  /** Shown after a save. */
  saved?: string;
  connection: ConnectionCard;
  runs: RunRow[];
  setAside: SetAsideRow[];
  /** Where they can be read again. */
  readAgainHref?: string;
  /** For ledgers. */
  mapping?: { categories: CodeMappingRow[]; taxes: CodeMappingRow[]; saveHref: string };
  /** For sources. */
  locations?: { rows: LocationChoice[]; saveHref: string };
  statuses?: { rows: StatusChoice[]; saveHref: string };
  schedule: { rows: ScheduleView[]; saveHref: string };
  /** Name here, check, disconnect. */
  upkeep: { name: string; nameHref: string; checkHref?: string; disconnectHref?: string };
}

/** Gathers what the pages about connections show. */
@Injectable()
export class ConnectionViews {
  constructor(
    private readonly connections: ConnectionQuery,
    private readonly postings: PostingQuery,
    private readonly mappings: CodeMappings,
    private readonly registry: ConnectorRegistry,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, shell: ShellView, problem?: string): Promise<ConnectionsPage> {
    const [items, facts] = await Promise.all([this.connections.list(caller), this.cardFacts(caller, shell)]);
    const { postingStop } = shell;
    return {
      shell,
      ...(problem !== undefined && { problem }),
      cards: items.map((item) => connectionCard(item, facts)),
      available: this.registry
        .descriptors()
        .map(({ key, label, capabilities }) => ({ label, roleText: roleText(capabilities), href: `/connect/${key}` })),
      stop: { stopped: postingStop !== undefined, ...postingStop },
    };
  }

  async one(caller: Caller, shell: ShellView, id: string, said: { problem?: string; saved?: string } = {}): Promise<ConnectionPage> {
    const [detail, items, facts] = await Promise.all([
      this.connections.one(caller, id),
      this.connections.list(caller),
      this.cardFacts(caller, shell),
    ]);
    const href = `/connections/${id}`;
    const { state, capabilities } = detail;
    const reads = state === 'connected' && !detail.paused;
    return {
      shell,
      ...said,
      connection: connectionCard(detail, facts),
      runs: detail.runs.map(runRow),
      setAside: detail.setAsideRecords.map(setAsideRow),
      ...(reads && capabilities.billingSource && { readAgainHref: `${href}/set-aside` }),
      ...(capabilities.accountingLedger && (await this.mapping(caller, detail, href))),
      ...(capabilities.billingSource && (await this.source(caller, detail, items, href))),
      schedule: { rows: scheduleRows(detail.schedules, reads), saveHref: `${href}/schedule` },
      upkeep: {
        name: detail.account.label,
        nameHref: `${href}/name`,
        ...(state !== 'disconnected' && { checkHref: `${href}/check`, disconnectHref: href }),
      },
    };
  }

  /** What is known of a ledger's codes, for its page and for the settings. */
  async codeFacts(caller: Caller, detail: ConnectionDetail): Promise<CodeFacts> {
    const [codes, taxes] = await Promise.all([
      this.mappings.ledgerCodes(caller.tenantId, detail.id),
      this.connections.taxCodes(caller, detail.id),
    ]);
    return { codes, taxes, mappings: detail.mappings, label: detail.label };
  }

  private async mapping(caller: Caller, detail: ConnectionDetail, href: string): Promise<Pick<ConnectionPage, 'mapping'>> {
    const facts = await this.codeFacts(caller, detail);
    return { mapping: { categories: categoryChoices(facts), taxes: taxChoices(facts), saveHref: `${href}/mapping` } };
  }

  private async source(
    caller: Caller,
    detail: ConnectionDetail,
    items: readonly ConnectionItem[],
    href: string,
  ): Promise<Pick<ConnectionPage, 'locations' | 'statuses'>> {
    const statuses = (await this.mappings.statuses(caller.tenantId, detail.id)) ?? [];
    return {
      locations: { rows: locationChoices(items, detail.id), saveHref: `${href}/locations` },
      statuses: { rows: statusChoices(statuses, detail.mappings), saveHref: `${href}/statuses` },
    };
  }

  private async cardFacts(caller: Caller, shell: ShellView): Promise<CardFacts> {
    const now = this.clock.now();
    const runs = await this.postings.runs(caller, now);
    return {
      now,
      today: this.clock.today(shell.tenant.timeZone),
      waiting: new Map(runs.map(({ connectionId, waiting }) => [connectionId, waiting])),
      maySync: may(caller, 'sync.run'),
      mayManage: may(caller, 'connection.manage'),
    };
  }
}
