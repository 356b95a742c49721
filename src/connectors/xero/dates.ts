import { civilDate, type CivilDate } from '../../domain/civil-date.js';

const WIRE = /^\\?\/Date\((-?\d+)(?:[+-]\d{4})?\)\\?\/$/;

/** Milliseconds since 1970 of `/Date(1793577600000+1300)/`: they are UTC already, and the offset behind them says nothing. */
function millisecondsOf(wire: string): number | undefined {
  const match = WIRE.exec(wire);
  return match ? Number.parseInt(match[1] ?? '', 10) : undefined;
}

/** A date-only field stands on the wire as midnight UTC of its calendar day, or as ISO text; no zone ever enters. */
export function wireCivilDate(wire: string): CivilDate {
  const milliseconds = millisecondsOf(wire);
  return civilDate(milliseconds === undefined ? wire : new Date(milliseconds).toISOString());
}

/** An instant as ISO text in UTC; ISO text without a zone is UTC, whatever the zone of this process. */
export function wireInstant(wire: string): string {
  const milliseconds = millisecondsOf(wire);
  if (milliseconds !== undefined) return new Date(milliseconds).toISOString();
  return new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(wire) ? wire : `${wire}Z`).toISOString();
}

/** What `If-Modified-Since` understands: second precision, in UTC. */
export function toSecond(instant: string): string {
  return new Date(instant).toISOString().slice(0, 19);
}
