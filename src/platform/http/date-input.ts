import { z } from 'zod';
import { civilDate } from '../../domain/civil-date.js';

/** What lies outside has no invoice and no event, and the year 0 is one that Postgres does not know. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;

/** A day that somebody asks for, as text: one of the calendar, in a year that can be meant. */
export const askedDay = z.iso.date({ error: sayDay }).refine((text) => isDay(text), { error: sayDay });

/** A moment that somebody asks for, in UTC. */
export const askedInstant = z.iso
  .datetime({ error: sayInstant })
  .refine((text) => isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)), { error: sayInstant });

/** Whether the text is a day of the calendar between the years that can be meant. */
export function isDay(text: string): boolean {
  try {
    const year = Number.parseInt(text.slice(0, 4), 10);
    return civilDate(text) === text && year >= FIRST_YEAR && year <= LAST_YEAR;
  } catch {
    return false;
  }
}

function sayDay(): string {
  return `This is no day of the calendar. Give one between ${FIRST_YEAR}-01-01 and ${LAST_YEAR}-12-31, like 2026-11-02.`;
}

function sayInstant(): string {
  return `This is no moment. Give one in UTC between the years ${FIRST_YEAR} and ${LAST_YEAR}, like 2026-11-02T08:00:00Z.`;
}
