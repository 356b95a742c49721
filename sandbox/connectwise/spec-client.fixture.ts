import type { RunningSandbox } from '../kit/server.js';
import { SANDBOX_CODEBASE, SANDBOX_COMPANY, SANDBOX_PRIVATE_KEY, SANDBOX_PUBLIC_KEY } from './constants.js';
import { startSeeded } from './seeded.fixture.js';

export interface Answer<T> {
  status: number;
  headers: Headers;
  text: string;
  body: T;
}

/** A running PSA and a client that holds the right keys, for the specs of this folder. */
export class SpecClient {
  private constructor(
    readonly sandbox: RunningSandbox,
    /** Stops it and removes what it held. */
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<SpecClient> {
    const { sandbox, close } = await startSeeded();
    return new SpecClient(sandbox, close);
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const form = body instanceof FormData;
    const answer = await fetch(path.startsWith('/_') ? this.sandbox.url + path : `${this.sandbox.url}/${SANDBOX_CODEBASE}apis/3.0${path}`, {
      method,
      headers: { ...credentials(), ...(body !== undefined && !form && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parse<T>(text) };
  }

  get<T = Record<string, unknown>>(
    path: string,
    parameters: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const query = new URLSearchParams(parameters).toString();
    return this.call<T>('GET', query ? `${path}?${query}` : path, undefined, headers);
  }
}

export function credentials(): Record<string, string> {
  const pair = `${SANDBOX_COMPANY}+${SANDBOX_PUBLIC_KEY}:${SANDBOX_PRIVATE_KEY}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}`, clientId: '5f1c1c1e-0000-4000-8000-000000000000' };
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined as T;
  }
}
