import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What the framework says of its own start; of interest only to somebody who looks for a fault in it. */
const FRAMEWORK = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

type Method = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Nest's logger, and with it every `new Logger('part')` of ours, writes through pino. */
export class NestLog implements LoggerService {
  constructor(private readonly out: Logger) {}

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('fatal', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  /** Nest's name for the usual level. */
  log(message: unknown, ...more: unknown[]): void {
    this.write('info', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('trace', message, more);
  }

  /** The last argument is the part that speaks, one before it may be a stack. */
  private write(method: Method, message: unknown, more: readonly unknown[]): void {
    const context = more.at(-1);
    const part = typeof context === 'string' && !context.includes('\n') ? context : undefined;
    const stack = more.find((entry) => typeof entry === 'string' && entry.includes('\n    at '));
    const level = method === 'info' && part !== undefined && FRAMEWORK.has(part) ? 'debug' : method;
    const facts = {
      ...(part !== undefined && { context: part }),
      ...(typeof stack === 'string' && { stack }),
      ...(message instanceof Error ? { err: message } : typeof message === 'object' ? message : {}),
    };
    if (message instanceof Error) this.out[level](facts, message.message);
    else if (typeof message === 'object') this.out[level](facts);
    else this.out[level](facts, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
