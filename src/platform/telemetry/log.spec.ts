import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from './log.js';
import { NestLog } from './nest-log.js';
import { during, noteTenant } from './work-context.js';

function heard(options: Partial<LogOptions> = {}): { log: ReturnType<typeof createLog>; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: 'info', role: 'worker', readable: false, write: (line) => void lines.push(line), ...options });
  return { log, lines };
}

const parsed = (line: string | undefined): Record<string, unknown> => JSON.parse(line ?? '{}') as Record<string, unknown>;

describe('a log line', () => {
  it('says when, how bad, which process, and in the middle of what', () => {
    const { log, lines } = heard();
    during({ jobId: 'job-1', queue: 'posting.send' }, () => {
      noteTenant('tenant-1');
      noteTenant('tenant-2');
      log.warn('slow');
    });
    noteTenant('nobody listens');
    log.info('later');
    expect(parsed(lines[0])).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      level: 'warn',
      role: 'worker',
      pid: process.pid,
      jobId: 'job-1',
      queue: 'posting.send',
      tenantId: 'tenant-1',
      msg: 'slow',
    });
    expect(parsed(lines[1])).not.toHaveProperty('jobId');
  });

  it('never holds bodies, headers or what opens something, at any of the places where they are put', () => {
    const { log, lines } = heard();
    const canary = 'canary';
    const object = { body: canary, headers: { a: canary }, cookie: canary, password: canary, payload: { lines: canary }, token: canary };
    log.info({ ...object, request: object, vendor: { answer: object } }, 'whole');
    expect(lines[0]).not.toContain(canary);
    expect(parsed(lines[0])).toMatchObject({ msg: 'whole' });
  });

  it('hides in every text of a line what opens something, however it got there', () => {
    const { log, lines } = heard();
    log.info({ where: 'https://vendor.example/?access_token=canary-1234' }, 'Refused: Bearer canary.1234567');
    log.error({ err: new Error('No answer from postgres://app:canary@db/x') }, 'failed');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).not.toContain('canary');
    expect(parsed(lines[0])['msg']).toBe('Refused: Bearer [hidden]');
  });

  it('takes of an error its words and never what libraries hang on it', () => {
    const { log, lines } = heard();
    const cause = Object.assign(new Error('below', { cause: 'text' }), { code: 'ECONNRESET' });
    const error = Object.assign(new Error('above', { cause }), { config: { headers: { x: 'canary' } }, response: { data: 'canary' } });
    log.error({ err: error }, 'failed');
    expect(lines[0]).not.toContain('canary');
    expect(parsed(lines[0])['err']).toMatchObject({
      type: 'Error',
      message: 'above',
      cause: { code: 'ECONNRESET', cause: { message: 'text' } },
    });
  });

  it('is for a person where a person reads it', () => {
    const { log, lines } = heard({ readable: true });
    log.warn({ context: 'jobs', queue: 'mail.send', err: new Error('no server') }, 'Not sent.');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}jobs Not sent\. \(queue=mail\.send\)\nError: no server\n {4}at /);
  });

  it('is not written below the wanted level', () => {
    const { log, lines } = heard({ level: 'error' });
    log.warn('x');
    expect(lines).toEqual([]);
  });
});

describe('the framework', () => {
  it('speaks through it, with its part, its stack and its objects', () => {
    const { log, lines } = heard({ level: 'trace' });
    const nest = new NestLog(log);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    nest.error('failed', 'Error: failed\n    at x', 'part');
    nest.warn({ msg: 'said', err: new Error('why') }, 'part');
    nest.fatal(new Error('end'), 'part');
    nest.debug(['a'], 'part');
    nest.verbose(7);
    expect(lines.map(parsed)).toMatchObject([
      { level: 'debug', context: 'RouterExplorer' },
      { level: 'error', context: 'part', msg: 'failed', stack: expect.stringContaining('at x') },
      { level: 'warn', msg: 'said', err: { message: 'why' } },
      { level: 'fatal', msg: 'end', err: { message: 'end' } },
      { level: 'debug' },
      { level: 'trace', msg: '7' },
    ]);
    Logger.overrideLogger(nest);
    new Logger('invoices').log('one of ours');
    Logger.overrideLogger(false);
    expect(parsed(lines.at(-1))).toMatchObject({ level: 'info', context: 'invoices', msg: 'one of ours' });
  });
});
