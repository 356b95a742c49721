import type { z } from 'zod';
import type { Environment } from './config.js';

/** Signs what a vendor sends to us; whoever sets it wants to send something themselves. */
const WEBHOOK_KEY = /_WEBHOOK_(?:KEY|TOKEN)$/;

/**
 * The environment of an app in the sandbox: the invented vendors and providers, but for what the operator has set. An address of
 * a vendor or provider that is set wins, and with it whatever else is set for the same one, such as its client; the address that
 * is the default anyway is no choice, or a copy of .env.example would lead an invented company to real vendors. Mail always stays here.
 */
export function withInvented(given: Environment, invented: Readonly<Record<string, string>>, schemas: readonly z.ZodObject[]): Environment {
  const set = Object.keys(invented).filter((name) => (given[name] ?? '').trim() !== '');
  const chosen = set.filter((name) => plain(given[name]) !== defaultOf(name, schemas));
  const moved = new Set(chosen.filter((name) => /^https?:/.test(invented[name] ?? '')).map(vendorOf));
  const kept = chosen.filter((name) => moved.has(vendorOf(name)) || WEBHOOK_KEY.test(name)).map((name) => [name, given[name]]);
  return { ...given, ...invented, ...(Object.fromEntries(kept) as Environment) };
}

/** 'ACME_API_URL' is of 'ACME'. */
function vendorOf(name: string): string {
  return name.slice(0, name.indexOf('_'));
}

function defaultOf(name: string, schemas: readonly z.ZodObject[]): string | undefined {
  const schema = schemas.map(({ shape }) => (shape as Readonly<Record<string, z.ZodType>>)[name]).find((found) => found !== undefined);
  const { data } = schema?.safeParse(undefined) ?? {};
  return typeof data === 'string' ? plain(data) : undefined;
}

function plain(address: string | undefined): string | undefined {
  return address?.trim().replace(/\/+$/, '');
}
