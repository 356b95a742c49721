import { ForbiddenException, InternalServerErrorException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../domain/refusal.js';
import { InputRefused, isOurFault, problemOf } from './problem.js';

describe('problemOf', () => {
  it.each([
    ['not_found', 404],
    ['conflict', 409],
    ['forbidden', 403],
    ['invalid', 422],
  ] as const)('answers a refusal of kind %s with %i, its words and its facts', (kind, status) => {
    expect(problemOf(new Refusal(kind, 'Because.', { documentHash: 'abc', status: 'posted' }))).toMatchObject({
      type: 'about:blank',
      status,
      detail: 'Because.',
      documentHash: 'abc',
    });
  });

  it('names the fields of refused input', () => {
    const errors = [{ field: 'limit', message: 'too big' }];
    expect(problemOf(new InputRefused(errors))).toMatchObject({ status: 400, errors, detail: expect.stringContaining('limit: too big') });
  });

  it('says of an address without a proper id that nothing is there', () => {
    const { detail } = problemOf(new InputRefused([{ field: 'id', message: 'Invalid UUID' }]));
    expect(detail).toBe('There is nothing at this address. Check the link.');
  });

  it('passes on what was meant for the caller', () => {
    expect(problemOf(new ForbiddenException('Your role does not include this.'))).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: 'Your role does not include this.',
    });
    expect(problemOf(Object.assign(new Error('entity too large'), { status: 413, expose: true }))).toMatchObject({
      status: 413,
      detail: 'The body is too large.',
    });
  });

  it.each([
    ['an error', new Error('password=hunter2')],
    ['a fault that Nest named', new InternalServerErrorException('password=hunter2')],
    ['an error of a library that is not meant to be told', Object.assign(new Error('password=hunter2'), { status: 400, expose: false })],
    ['a thing that is no error', 'password=hunter2'],
  ])('keeps %s to itself and gives it an id', (_, error) => {
    const problem = problemOf(error);
    expect(problem).toMatchObject({ status: 500, instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/) });
    expect(isOurFault(problem)).toBe(true);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});
