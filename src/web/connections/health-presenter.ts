import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { HealthView } from './connections-view.js';

export interface HealthFacts {
  /** Approved documents that wait to be sent there. */
  waiting: number;
}

/** How a connection stands, the worst first, in one sentence. */
export function healthView(item: ConnectionItem, { waiting }: HealthFacts): HealthView {
  const { label, health, paused, lastRun, running } = item;
  if (item.state === 'disconnected')
    return { state: 'broken', icon: 'unplug', sentence: 'Disconnected. Settings, mappings and history are kept for a reconnect.' };
  if (item.state === 'needs_reconnect') {
    const waits = waiting === 0 ? '' : ` ${waiting === 1 ? 'One approved invoice waits.' : `${waiting} approved invoices wait.`}`;
    return { state: 'broken', icon: 'unplug', tone: 'error', sentence: `${label} no longer accepts our permission. Reconnect it.${waits}` };
  }
  if (paused)
    return {
      state: 'paused',
      icon: 'circle-pause',
      tone: 'warning',
      sentence: `Paused by ${paused.by || 'somebody'}. Nothing is read or written.`,
    };
  if (health && !health.ok) return { state: 'attention', icon: 'triangle-alert', tone: 'error', sentence: health.sentence };
  if (lastRun?.state === 'failed' && !running)
    return {
      state: 'attention',
      icon: 'cloud-off',
      tone: 'warning',
      sentence: `The last run did not finish: ${lastRun.problem ?? 'nobody knows why.'}`,
    };
  const sentence = health?.sentence ?? 'Connected; not checked yet.';
  return { state: running ? 'running' : 'well', icon: 'circle-check', ...(health && { tone: 'good' as const }), sentence };
}
