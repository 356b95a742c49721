import { trace } from '@opentelemetry/api';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogLevel, ProcessRole } from '../config/environment-schema.js';
import { describeError } from './describe-error.js';
import { scrub } from './scrub.js';
import { currentWork } from './work-context.js';

const FIRST = new Set(['time', 'level', 'role', 'pid', 'context', 'msg', 'err']);

/** A log line as a person at a terminal reads it: time, level, part, words; then what else there is. */
function terminalLine(line: string): string {
  const said = JSON.parse(line) as Record<string, unknown> & { err?: { stack?: string; message?: string } };
  const text = (name: string): string => (typeof said[name] === 'string' ? said[name] : '');
  const head = [text('time').slice(11, 19), text('level').padEnd(5), text('context'), text('msg')].filter(Boolean).join(' ');
  const rest = Object.entries(said)
    .filter(([name, value]) => !FIRST.has(name) && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name}=${String(value)}`);
  const error = said.err?.stack ?? said.err?.message;
  return `${[head, ...(rest.length > 0 ? [`(${rest.join(' ')})`] : [])].join(' ')}\n${error === undefined ? '' : `${error}\n`}`;
}

export interface LogOptions {
  level: LogLevel;
  /** 'web', 'worker' or 'all', or the name of a process beside the app. */
  role: ProcessRole | 'launcher' | 'sandbox' | 'database' | 'cli';
  /** For a person at a terminal; otherwise one JSON object per line. */
  readable: boolean;
  /** Default: standard output. */
  write?: (line: string) => void;
}

/** Fields that are left out whole, wherever somebody puts an object with them: bodies of any kind and what opens something. */
const NEVER = ['authorization', 'body', 'cookie', 'cookies', 'credentials', 'headers', 'password', 'payload', 'rawBody', 'secret', 'token'];

/** The one place through which everything a process says goes out. */
export function createLog({ level, role, readable, write }: LogOptions): Logger {
  const out = write ?? ((line: string) => void process.stdout.write(line));
  const destination: DestinationStream = { write: (line) => out(readable ? terminalLine(line) : line) };
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...currentWork(), ...spanIds() }),
      serializers: { err: describeError },
      redact: { paths: NEVER.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), remove: true },
      // Over the finished line, so that no way into it is forgotten.
      hooks: { streamWrite: scrub },
    },
    destination,
  );
}

function spanIds(): { traceId?: string; spanId?: string } {
  const context = trace.getActiveSpan()?.spanContext();
  return context ? { traceId: context.traceId, spanId: context.spanId } : {};
}
