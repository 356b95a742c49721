import { expect, it } from 'vitest';
import { guessCategoryAccounts } from './category-accounts.js';

const account = (code: string, name: string) => ({ code, name, active: true });

it('guesses by name, falls back, and leaves open what has neither', () => {
  const accounts = [account('1', 'Sales'), account('2', 'Managed Services'), account('3', 'Unearned Revenue')];
  const guessed = guessCategoryAccounts(accounts, accounts[0]);
  expect(guessed).toMatchObject({ service: '1', agreement: '2', product: '1', down_payment: '3', adjustment: '1' });
  expect(guessCategoryAccounts(accounts, undefined)).toEqual({ agreement: '2', down_payment: '3' });
});
