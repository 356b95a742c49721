import { z } from 'zod';
import type { RouteDescription } from '../resource.js';
import { API_ROOT } from '../resource.js';
import { problem, SHAPES } from '../shapes.js';
import type { ApiRoute } from './route-table.js';

type Json = Record<string, unknown>;

/** Built from the routes and the very schemas that read their input. @throws Error for a route that nobody described */
export function openApiDocument(routes: readonly ApiRoute[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description:
        'Invoices of an MSP: checked, approved as exactly one stored document, posted once, settled. Lists answer items and next; pass ' +
        'next as cursor for the following page. Errors are problem+json (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `/${API_ROOT}` }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      schemas: components(),
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'A key made under Settings, API keys.' } },
    },
  };
}

function operation(route: ApiRoute): Json {
  const { description, access, input } = route;
  if (!description || !access) throw new Error(`${route.handler} is under the API and says neither what it answers nor who may call it`);
  const open = 'publicBecause' in access;
  return {
    operationId: operationId(route),
    summary: description.summary,
    description: open ? 'Needs no key.' : `Needs a key whose role includes ${access.permission}.`,
    ...(open && { security: [] }),
    parameters: [...parameters('path', input.params), ...parameters('query', input.query)],
    ...(input.body && { requestBody: { required: true, content: { 'application/json': { schema: inline(input.body, 'input') } } } }),
    responses: { ...answers(description), ...problems(route, open) },
  };
}

function operationId(route: ApiRoute): string {
  return route.handler.replace(/Controller\./, '.');
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, value]) => ({
    name,
    in: place,
    required: !z.safeParse(value as z.ZodType, undefined).success,
    schema: inline(value as z.ZodType, 'output'),
  }));
}

function answers(description: RouteDescription): Json {
  return Object.fromEntries(
    Object.entries(description.answers).map(([status, body]) => {
      const says = { description: ANSWER_WORDS[status] ?? 'Done' };
      if (body === null) return [status, says];
      if (body === 'application/pdf')
        return [status, { ...says, headers: ETAG, content: { [body]: { schema: { type: 'string', format: 'binary' } } } }];
      if (body === 'text/csv') return [status, { ...says, content: { [body]: { schema: { type: 'string' } } } }];
      return [status, { ...says, content: { 'application/json': { schema: reference(body) } } }];
    }),
  );
}

const ANSWER_WORDS: Readonly<Record<string, string>> = {
  200: 'Here it is',
  202: 'Will be done',
  204: 'Done, nothing to tell',
  304: 'The document is the one you have',
};
const ETAG = { ETag: { description: 'SHA-256 of the bytes, quoted', schema: { type: 'string' } } };

const PROBLEM_WORDS: Readonly<Record<number, string>> = {
  400: 'Some of the input is not valid; `errors` names the fields',
  401: 'No key, or none that is in force',
  403: 'The role of the key does not include this, or this invoice is for others to decide',
  404: 'It does not exist, or belongs to another tenant',
  409: 'It is not in a state in which this can be done; the facts are in the problem',
  422: 'Well-formed, and cannot be done',
  429: 'Too many requests with this key or of this company; `Retry-After` says when to try again',
  500: 'A fault of ours; quote the instance',
};

function problems(route: ApiRoute, open: boolean): Json {
  const statuses = [400, ...(open ? [] : [401, 403]), ...(route.description?.problems ?? []), 429, 500];
  const content = { 'application/problem+json': { schema: reference(problem) } };
  return Object.fromEntries(statuses.map((status) => [status, { description: PROBLEM_WORDS[status], content }]));
}

function components(): Json {
  const { schemas } = z.toJSONSchema(SHAPES, { target: 'draft-2020-12', io: 'output', uri: componentUri });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}

function reference(schema: z.ZodType): Json {
  const name = SHAPES.get(schema)?.id;
  if (!name) throw new Error('What a route answers has a name, so that its description can point to it');
  return { $ref: componentUri(name) };
}

function componentUri(name: string): string {
  return `#/components/schemas/${name}`;
}

function inline(schema: z.ZodType, io: 'input' | 'output'): Json {
  return bare(z.toJSONSchema(schema, { target: 'draft-2020-12', io }));
}

/** OpenAPI 3.1 names the dialect once for the whole document. */
function bare(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}
