import type { OperatorVariables } from './environment-schema.js';

/**
 * Invented vendors are for a first look on one's own machine. Anything that smells of real use (a database server, production,
 * an address that others can open) makes the process a live one, which asks for keys and real sign-in.
 */
export function isSandbox(variables: Pick<OperatorVariables, 'SANDBOX' | 'DATABASE_URL' | 'NODE_ENV' | 'PUBLIC_URL'>): boolean {
  if (variables.SANDBOX !== 'auto') return variables.SANDBOX === 'on';
  if (variables.DATABASE_URL !== undefined) return false;
  if (variables.NODE_ENV === 'production') return false;
  return variables.PUBLIC_URL === undefined || isLoopback(variables.PUBLIC_URL);
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
