const FIRST = new Set(['time', 'level', 'role', 'pid', 'context', 'msg', 'err']);

/** A log line as a person at a terminal reads it: time, level, part, words; then what else there is. */
export function terminalLine(line: string): string {
  const said = JSON.parse(line) as Record<string, unknown> & { err?: { stack?: string; message?: string } };
  const text = (name: string): string => (typeof said[name] === 'string' ? said[name] : '');
  const head = [text('time').slice(11, 19), text('level').padEnd(5), text('context'), text('msg')].filter(Boolean).join(' ');
  const rest = Object.entries(said)
    .filter(([name, value]) => !FIRST.has(name) && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name}=${String(value)}`);
  const error = said.err?.stack ?? said.err?.message;
  return `${[head, ...(rest.length > 0 ? [`(${rest.join(' ')})`] : [])].join(' ')}\n${error === undefined ? '' : `${error}\n`}`;
}
