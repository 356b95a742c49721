import { HttpException } from '@nestjs/common';
import type { Response } from 'express';
import type { Spending } from '../../database/budgets/budgets.js';

export class TooManyRequests extends HttpException {
  constructor({ budget, resetMs }: Spending) {
    const wait = seconds(resetMs);
    super(
      `Too many requests came from here: ${budget.most} in ${budget.seconds} seconds are allowed. Nothing was done. ` +
        `Try again in ${wait === 1 ? 'a second' : `${wait} seconds`}.`,
      429,
    );
  }
}

/** Tells what is left on every answer that was counted, of the budget that is nearest to its end. @throws TooManyRequests */
export function tellOrRefuse(response: Response, spendings: readonly Spending[]): void {
  const nearest = spendings.toSorted((one, other) => share(one) - share(other))[0];
  if (nearest === undefined) return;
  const { budget, left, resetMs } = nearest;
  response.set({
    'RateLimit-Policy': `${budget.most};w=${budget.seconds}`,
    'RateLimit-Limit': String(budget.most),
    'RateLimit-Remaining': String(left),
    'RateLimit-Reset': String(seconds(resetMs)),
  });
  const refused = spendings.find(({ allowed }) => !allowed);
  if (refused === undefined) return;
  response.set('Retry-After', String(seconds(refused.resetMs)));
  throw new TooManyRequests(refused);
}

function share({ allowed, left, budget }: Spending): number {
  return allowed ? left / budget.most : -1;
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
