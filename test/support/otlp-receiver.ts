import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const value = z.looseObject({ stringValue: z.string().optional(), intValue: z.union([z.string(), z.number()]).optional() });
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes,
  events: z.array(z.object({ name: z.string(), attributes })).default([]),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional() }).default({}),
});
const body = z.object({
  resourceSpans: z.array(z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  attributes: Record<string, string>;
  exceptions: Record<string, string>[];
  links: { traceId: string; spanId: string }[];
  failed: boolean;
}

/** A receiver of OTLP over HTTP that reads what arrives. */
export interface OtlpReceiver {
  url: string;
  spans: ReceivedSpan[];
  /** Everything as it came, to look for what may not be in it. */
  raw(): string;
  close(): Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let raw = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
      raw += text;
      for (const { scopeSpans } of body.parse(JSON.parse(text)).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans.map(received));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw: () => raw,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function received(one: z.infer<typeof span>): ReceivedSpan {
  return {
    traceId: one.traceId,
    spanId: one.spanId,
    parentSpanId: one.parentSpanId,
    name: one.name,
    kind: one.kind,
    attributes: plain(one.attributes),
    exceptions: one.events.filter(({ name }) => name === 'exception').map((event) => plain(event.attributes)),
    links: one.links,
    failed: one.status.code === 2,
  };
}

function plain(list: z.infer<typeof attributes>): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value: held }) => [key, held.stringValue ?? String(held.intValue)]));
}
