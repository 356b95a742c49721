import type { TimelineEvent, TimelineKind } from '../../billing/queries/timeline.js';
import type { Tone } from '../shell/shell-view.js';
import type { TimelineItem } from './invoice-view.js';

const LOOKS: Readonly<Record<TimelineKind, { icon: string; tone?: Tone }>> = {
  read: { icon: 'download' },
  changed: { icon: 'refresh-cw' },
  approved: { icon: 'check', tone: 'good' },
  withdrawn: { icon: 'undo-2' },
  rejected: { icon: 'x', tone: 'error' },
  flag: { icon: 'flag' },
  reviewer: { icon: 'users-round' },
  planned: { icon: 'clock' },
  posted: { icon: 'send', tone: 'good' },
  refused: { icon: 'circle-alert', tone: 'error' },
  unknown: { icon: 'circle-question-mark', tone: 'warning' },
  skipped: { icon: 'circle-slash' },
  paid: { icon: 'banknote', tone: 'good' },
  void: { icon: 'ban', tone: 'warning' },
  other: { icon: 'dot' },
};

/** Newest first. */
export function timelineView(events: readonly TimelineEvent[]): TimelineItem[] {
  return events
    .map(({ kind, actor, what, quote, at, system, link }) => ({
      ...LOOKS[kind],
      actor,
      what,
      at,
      system,
      ...(quote !== undefined && { quote }),
      ...(link && { link }),
    }))
    .toReversed();
}
