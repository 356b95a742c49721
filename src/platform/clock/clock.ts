import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { CivilDate } from '../../domain/civil-date.js';

/** The only way to ask what time it is; tests hand in one that stands still. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** The calendar day at this moment in an IANA time zone, for example 'Australia/Melbourne'. @throws RangeError for an unknown zone */
  today(timeZone: string): CivilDate {
    const local = DateTime.fromJSDate(this.now(), { zone: timeZone });
    if (!local.isValid) throw new RangeError(`There is no time zone "${timeZone}".`);
    return local.toISODate();
  }

  /** Instant plus milliseconds. */
  later(milliseconds: number): Date {
    return new Date(this.now().getTime() + milliseconds);
  }
}
