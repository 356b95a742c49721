import type { Logger } from 'pino';

/**
 * An error that nobody caught leaves the process in a state that nobody knows. It is written down and the process ends; whatever
 * watches over it starts it again, and what was under way is taken up from the database.
 */
export function endOnStrayErrors(log: Pick<Logger, 'fatal'>, end: (code: number) => void = (code) => process.exit(code)): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'An error that nobody caught. This process ends.');
    end(1);
  });
}
