import type { ContentPreview } from '../../../lifecycle/content.js';
import { AUDIT_YEARS, DOCUMENT_YEARS, type DryRun } from '../../../lifecycle/retention.js';
import type { ProgressView } from '../../shell/shell-view.js';
import { sizeText, tableWords } from './data-words.js';
import type { Choice, ContentPreviewView, DataPage, DryRunView } from './data-view.js';

type Policy = DryRun['policy'];

/** What the pages show of a run; instants are dates. */
interface Run {
  id: string;
  state: string;
  requestedBy: string;
  expected: string;
  deleted: string;
  counts: Record<string, number>;
  kept: string[];
  problem: string | null;
  queuedAt: Date;
}

interface Export {
  id: string;
  state: string;
  requestedById: string;
  requestedByLabel: string;
  expected: string;
  done: string;
  size: string | null;
  problem: string | null;
  queuedAt: Date;
  expiresAt: Date | null;
}

const whole = (text: string): number => Number.parseInt(text, 10);

export function periodFields({
  documentsYears,
  rawDays,
  logDays,
  auditYears,
}: Policy): Pick<DataPage, 'documents' | 'audit' | 'rawDays' | 'logDays'> {
  return { documents: yearChoices(DOCUMENT_YEARS, documentsYears), audit: yearChoices(AUDIT_YEARS, auditYears), rawDays, logDays };
}

function yearChoices(years: readonly (number | null)[], chosen: number | null): Choice[] {
  return years.map((year) => ({
    value: yearText(year),
    label: year === null ? 'For ever' : year === 1 ? '1 year' : `${year} years`,
    selected: year === chosen,
  }));
}

const yearText = (year: number | null): string => (year === null ? 'ever' : String(year));

export function dryRunView({ policy, due, kept }: DryRun, present: Policy): DryRunView {
  const { documentsYears, rawDays, logDays, auditYears } = policy;
  return {
    isPresent: JSON.stringify(policy) === JSON.stringify(present),
    rows: due.map(({ target, rows, bytes, oldest, newest }) => ({
      what: tableWords(target),
      count: rows,
      size: sizeText(bytes),
      isCivil: target === 'invoice',
      ...(oldest && { oldest: dayOrInstant(oldest, target) }),
      ...(newest && { newest: dayOrInstant(newest, target) }),
    })),
    total: { count: due.reduce((sum, { rows }) => sum + rows, 0), size: sizeText(due.reduce((sum, { bytes }) => sum + bytes, 0)) },
    kept,
    periods: { documentsYears: yearText(documentsYears), rawDays, logDays, auditYears: yearText(auditYears) },
  };
}

export function contentPreviewView({ due, obstacles }: ContentPreview): ContentPreviewView {
  return { rows: due.map(({ target, rows, bytes }) => ({ what: tableWords(target), count: rows, size: sizeText(bytes) })), obstacles };
}

/** A document's date is a day without a time zone; it comes as midnight UTC. */
function dayOrInstant(date: Date, target: string): string {
  return target === 'invoice' ? date.toISOString().slice(0, 10) : date.toISOString();
}

export function runFields(runs: readonly Run[]): Pick<DataPage, 'running' | 'runs'> {
  const live = runs.find(isLive);
  return {
    ...(live && { running: runProgress(live) }),
    runs: runs
      .filter((run) => !isLive(run))
      .map((run) => ({ at: run.queuedAt.toISOString(), by: run.requestedBy, outcome: outcomeOf(run), kept: run.kept })),
  };
}

export const isLive = ({ state }: { state: string }): boolean => state === 'queued' || state === 'running';

export function runProgress(run: Run): ProgressView {
  const [done, total] = [whole(run.deleted), whole(run.expected)];
  return {
    id: run.id,
    href: `/settings/data/runs/${run.id}/progress`,
    label: run.problem ?? (run.state === 'queued' ? 'Waiting to start the clean-up' : 'Deleting what is too old'),
    done,
    ...(total >= done && total > 0 && { total }),
  };
}

function outcomeOf({ deleted, counts, problem }: Run): string {
  if (problem !== null) return problem;
  const rows = whole(deleted);
  if (rows === 0) return 'Nothing was too old.';
  const told = ['invoice', 'document_bytes', 'vendor_record'].flatMap((table) =>
    counts[table] ? [`${tableWords(table)}: ${counts[table].toLocaleString('en-US')}`] : [],
  );
  return [`${rows.toLocaleString('en-US')} rows deleted`, ...told].join('. ');
}

export function exportFields(exports: readonly Export[], viewerId: string, now: Date): Pick<DataPage, 'exporting' | 'exports'> {
  const live = exports.find(isLive);
  return {
    ...(live && { exporting: exportProgress(live) }),
    exports: exports.filter((one) => !isLive(one)).map((one) => exportRow(one, viewerId, now)),
  };
}

export function exportProgress({ id, state, expected, done, problem }: Export): ProgressView {
  const [written, total] = [whole(done), whole(expected)];
  return {
    id,
    href: `/settings/data/exports/${id}/progress`,
    label: problem ?? (state === 'queued' ? 'Waiting to start the export' : 'Writing the export'),
    done: written,
    ...(total >= written && total > 0 && { total }),
  };
}

function exportRow(
  { id, state, requestedById, requestedByLabel, size, queuedAt, expiresAt }: Export,
  viewerId: string,
  now: Date,
): DataPage['exports'][number] {
  const isThere = state === 'ready' && expiresAt !== null && expiresAt > now;
  return {
    id,
    at: queuedAt.toISOString(),
    by: requestedByLabel,
    outcome: isThere ? `Ready, ${sizeText(whole(size ?? '0'))}` : state === 'failed' ? 'Could not be written' : 'Deleted after its day',
    ...(isThere && { until: expiresAt.toISOString() }),
    ...(isThere && requestedById === viewerId && { href: `/settings/data/exports/${id}` }),
  };
}
