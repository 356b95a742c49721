import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { PERMISSIONS } from '../../../src/domain/role.js';
import { ACCESS, type Access } from '../../../src/identity/requires.js';

export interface Handler {
  /** `InvoicesController.list` */
  name: string;
  /** `GET /api/v1/invoices` */
  routes: string[];
  access: Access | undefined;
}

type Class = abstract new (...given: never[]) => object;

/** The handlers of every controller among a module's exports. */
export function handlersIn(exported: object): Handler[] {
  return Object.values(exported).filter(isController).flatMap(handlersOf);
}

function isController(value: unknown): value is Class {
  return typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value) && !Reflect.hasMetadata(METHOD_METADATA, value);
}

function handlersOf(controller: Class): Handler[] {
  const prototype = controller.prototype as Record<string, unknown>;
  const names = methodNamesOf(prototype);
  return names.flatMap((name) => {
    const method = prototype[name];
    if (typeof method !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, method)) return [];
    return [
      { name: `${controller.name}.${name}`, routes: routesOf(controller, method), access: Reflect.getMetadata(ACCESS, method) as Access },
    ];
  });
}

/** Nest also serves what a controller inherits. */
function methodNamesOf(prototype: object | null): string[] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter(
    (name) => typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function',
  );
  return [...new Set([...own, ...methodNamesOf(Object.getPrototypeOf(prototype) as object | null)])];
}

function routesOf(controller: Class, method: object): string[] {
  const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as number] ?? '?';
  const paths = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();
  return paths(controller).flatMap((base) =>
    paths(method).map((path) => `${verb} /${[base, path].join('/').split('/').filter(Boolean).join('/')}`),
  );
}

/** A handler that does not say who may call it, or says it in too few words; and two handlers of one address. */
export function handlerProblems(handlers: readonly Handler[]): string[] {
  const byRoute = Map.groupBy(
    handlers.flatMap(({ name, routes }) => routes.map((route) => ({ name, route }))),
    ({ route }) => route,
  );
  return [
    ...handlers.flatMap(({ name, access }) => accessProblems(access).map((problem) => `${name} ${problem}`)),
    ...[...byRoute]
      .filter(([, owners]) => owners.length > 1)
      .map(([route, owners]) => `${route} is served by ${owners.map(({ name }) => name).join(' and ')}`),
  ];
}

function accessProblems(access: Access | undefined): string[] {
  if (access === undefined) return ['says neither @Requires nor @Public'];
  if ('permission' in access) return PERMISSIONS.includes(access.permission) ? [] : [`requires ${access.permission}, which no role has`];
  return access.publicBecause.trim().split(/\s+/).length >= 3 ? [] : ['is public and does not say why'];
}
