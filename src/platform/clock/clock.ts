import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { CivilDate } from '../../domain/civil-date.js';

/** The calendar day of an instant in an IANA time zone: nothing else makes a day of an instant. @throws RangeError for an unknown zone */
export function dayIn(timeZone: string, instant: Date): CivilDate {
  const local = DateTime.fromJSDate(instant, { zone: timeZone });
  if (!local.isValid) throw new RangeError(`There is no time zone "${timeZone}".`);
  return local.toISODate();
}

/** The only way to ask what time it is; tests hand in one that stands still. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** The calendar day at this moment in an IANA time zone, for example 'Australia/Melbourne'. @throws RangeError for an unknown zone */
  today(timeZone: string): CivilDate {
    return dayIn(timeZone, this.now());
  }

  /** Instant plus milliseconds. */
  later(milliseconds: number): Date {
    return new Date(this.now().getTime() + milliseconds);
  }
}
