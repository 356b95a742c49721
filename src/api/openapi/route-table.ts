import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ACCESS, type Access } from '../../identity/requires.js';
import { API_ROOT, DESCRIPTION, type RouteDescription } from '../resource.js';
import { inputSchema } from '../route-input.js';

/** One route of the API as the router knows it. */
export interface ApiRoute {
  /** Lower case. */
  method: string;
  /** OpenAPI form, below the root: '/invoices/{id}/approval'. */
  path: string;
  /** 'InvoicesController.list'. */
  handler: string;
  access: Access | undefined;
  description: RouteDescription | undefined;
  input: Record<'query' | 'params' | 'body', ReturnType<typeof inputSchema>>;
}

/** Every handler under /api/v1, whichever module declares it. */
export function apiRoutes(discovery: DiscoveryService, scanner: MetadataScanner): ApiRoute[] {
  const routes = discovery.getControllers().flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const base = String(Reflect.getMetadata(PATH_METADATA, metatype) ?? '').replace(/^\//, '');
    if (base !== API_ROOT && !base.startsWith(`${API_ROOT}/`)) return [];
    const prototype = metatype.prototype as Record<string, object>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => routeOf(metatype, base, name, prototype[name] ?? {}));
  });
  return routes.toSorted((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
}

function routeOf(controller: object & { name: string }, base: string, name: string, handler: object): ApiRoute[] {
  const own = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
  if (own === undefined) return [];
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod].toLowerCase();
  const address = `${base.slice(API_ROOT.length)}/${own}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  return [
    {
      method,
      path: address.replace(/:(\w+)/g, '{$1}'),
      handler: `${controller.name}.${name}`,
      access: Reflect.getMetadata(ACCESS, handler) as Access | undefined,
      description: Reflect.getMetadata(DESCRIPTION, handler) as RouteDescription | undefined,
      input: {
        query: inputSchema(controller, name, 'query'),
        params: inputSchema(controller, name, 'params'),
        body: inputSchema(controller, name, 'body'),
      },
    },
  ];
}
