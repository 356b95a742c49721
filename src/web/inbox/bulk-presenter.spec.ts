import { expect, it } from 'vitest';
import { bulkToast, bulkView, soFar } from './bulk-presenter.js';

const before = { approved: 40, left: ['2 gone', '1 no longer in review', 'nonsense', '<b>1</b> x'] };
const sum = soFar(before, { approved: 10, left: new Map([['gone', 1]]) });

it('adds the slices up', () => {
  expect(sum.approved).toBe(50);
  expect(sum.left).toEqual(
    new Map([
      ['gone', 3],
      ['no longer in review', 1],
    ]),
  );
});

it('counts what is done against what was asked', () => {
  expect(bulkView(sum, ['a', 'b'])).toMatchObject({ done: 54, total: 56, approved: 50, remaining: ['a', 'b'] });
});

it('says at the end what happened and what did not', () => {
  expect(bulkToast(sum)).toEqual({
    text: '50 invoices approved; sending starts in 10 seconds. Left: 3 gone, 1 no longer in review.',
    tone: 'warning',
  });
  expect(bulkToast({ approved: 1, left: new Map() }).tone).toBe('good');
  expect(bulkToast({ approved: 0, left: new Map([['gone', 2]]) }).text).toBe('Nothing approved. Left: 2 gone.');
});
