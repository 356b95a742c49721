import { pipeline } from 'node:stream/promises';
import { Get, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { AuditExport, type ExportFormat } from '../../../billing/queries/audit-export.js';
import { AuditQuery, type AuditItem } from '../../../billing/queries/audit-query.js';
import { KNOWN_ACTIONS } from '../../../billing/queries/audit-words.js';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Members } from '../../../identity/members.js';
import { Requires } from '../../../identity/requires.js';
import { askedDay } from '../../../platform/http/date-input.js';
import { seeOther, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { SettingsPages } from '../settings-pages.js';
import { auditRow, chainWords, subjectChoices, type AuditPage } from './audit-presenter.js';

const HERE = '/settings/audit';
const PER_PAGE = 50;
/** What a form leaves empty was not asked for; what nobody could have meant is left out, too. */
const word = z
  .string()
  .max(200)
  .optional()
  .catch(undefined)
  .transform((text) => (text?.trim() ? text.trim() : undefined));
const day = askedDay.optional().catch(undefined);
/** What is carried out is exactly what was asked for, or nothing. */
const exactDay = z.union([z.literal('').transform(() => undefined), askedDay]).optional();
const pageQuery = z.object({
  person: word,
  action: word,
  subjectKind: word,
  subjectId: word,
  category: z.enum(['business', 'security']).optional().catch(undefined),
  from: day,
  to: day,
  cursor: z.string().max(500).optional(),
});
const fileQuery = pageQuery.extend({ from: exactDay, to: exactDay });
type PageQuery = z.infer<typeof pageQuery>;
type Wanted = Omit<PageQuery, 'cursor'>;

@PageController('settings/audit')
export class AuditController {
  constructor(
    private readonly reading: AuditQuery,
    private readonly exports: AuditExport,
    private readonly members: Members,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('audit.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuery }) { cursor, ...wanted }: PageQuery,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const frame = await this.pages.frame(request, 'audit', { editable: true });
    const filter = filterOf(wanted, frame.shell.tenant.timeZone);
    const [{ items, next }, chain, members] = await Promise.all([
      this.reading.list(caller, { ...filter, limit: PER_PAGE, ...(cursor !== undefined && { cursor }) }),
      this.reading.chain(caller),
      this.members.list(caller.tenantId),
    ]);
    const numbers = await this.reading.invoiceNumbers(caller, invoicesIn(items));
    const people = members.map(({ personId, name }) => ({ value: personId, label: name, selected: personId === wanted.person }));
    // Support, a key or a former member: filtered by without being among the choices.
    if (wanted.person !== undefined && !people.some(({ selected }) => selected)) {
      const label = items.find(({ actor }) => actor.id === wanted.person)?.actor.label ?? 'Somebody who is no member';
      people.push({ value: wanted.person, label, selected: true });
    }
    const page: AuditPage = {
      ...frame,
      rows: items.map((item) => auditRow(item, numbers)),
      filter: { action: wanted.action ?? '', from: wanted.from ?? '', to: wanted.to ?? '', subjectId: wanted.subjectId ?? '' },
      people: [{ value: '', label: 'Everybody', selected: wanted.person === undefined }, ...people],
      subjects: subjectChoices(wanted.subjectKind),
      categories: [
        { value: '', label: 'Work and security', selected: wanted.category === undefined },
        { value: 'business', label: 'Work', selected: wanted.category === 'business' },
        { value: 'security', label: 'Security', selected: wanted.category === 'security' },
      ],
      actions: KNOWN_ACTIONS,
      filtered: Object.values(wanted).some((value) => value !== undefined),
      chain: chainWords(chain),
      csvHref: address(`${HERE}/export.csv`, wanted),
      jsonHref: address(`${HERE}/export.json`, wanted),
      ...(next !== null && { next: address(HERE, { ...wanted, cursor: next }) }),
    };
    return this.pages.view('audit', page);
  }

  @Post('verification')
  @Requires('audit.read')
  async verify(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    await this.reading.verify(caller);
    return seeOther(HERE);
  }

  @Get('export.csv')
  @Requires('audit.read', { stepUp: true })
  async csv(
    @CurrentCaller() caller: Caller,
    @Query({ schema: fileQuery }) wanted: z.infer<typeof fileQuery>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.download(request, response, caller, wanted, 'csv');
  }

  @Get('export.json')
  @Requires('audit.read', { stepUp: true })
  async json(
    @CurrentCaller() caller: Caller,
    @Query({ schema: fileQuery }) wanted: z.infer<typeof fileQuery>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.download(request, response, caller, wanted, 'json');
  }

  private async download(request: Request, response: Response, caller: Caller, wanted: Wanted, format: ExportFormat): Promise<void> {
    const { shell } = await this.pages.frame(request, 'audit', { editable: true });
    const { name, type, content } = await this.exports.of(caller, filterOf(wanted, shell.tenant.timeZone), format);
    response.set({ 'content-type': type, 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' });
    await pipeline(content, response);
  }
}

function invoicesIn(items: readonly AuditItem[]): string[] {
  return items.filter(({ subject }) => subject.kind === 'invoice').map(({ subject }) => subject.id);
}

/** Days are the tenant's, and the last one is included. */
function filterOf({ from, to, ...rest }: Wanted, zone: string): Omit<Wanted, 'from' | 'to'> & { from?: string; to?: string } {
  const start = (text: string, days: number): string => DateTime.fromISO(text, { zone }).plus({ days }).toUTC().toISO() ?? '';
  const { person, action, subjectKind, subjectId, category } = rest;
  const told = { person, action, subjectKind, subjectId, category };
  return { ...told, ...(from !== undefined && { from: start(from, 0) }), ...(to !== undefined && { to: start(to, 1) }) };
}

function address(path: string, wanted: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
