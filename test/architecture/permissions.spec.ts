import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Get, Post, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import type { Request } from 'express';
import { beforeAll, describe, expect, it } from 'vitest';
import { AccessGuard } from '../../src/identity/access.guard.js';
import { Cookies, type CookieUse } from '../../src/identity/cookies.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { Public, Requires } from '../../src/identity/requires.js';
import { SameOriginGuard } from '../../src/identity/same-origin.guard.js';
import { Config } from '../../src/platform/config/config.js';
import { handlerProblems, handlersIn, type Handler } from './house/handlers.js';
import { isTestCode, typescriptIn } from './house/source-files.js';

const controllerFiles = typescriptIn('src').filter(({ path, text }) => !isTestCode(path) && /^@Controller\(/m.test(text));
let handlers: Handler[];

beforeAll(async () => {
  const modules = await Promise.all(controllerFiles.map(({ path }) => import(pathToFileURL(resolve(path)).href) as Promise<object>));
  handlers = modules.flatMap(handlersIn);
});

describe('a handler', () => {
  it('says who may call it, and has its address to itself', () => {
    expect(handlers.length).toBeGreaterThan(controllerFiles.length);
    expect(handlerProblems(handlers)).toEqual([]);
  });

  it('would be noticed without a permission, without a reason, and at a taken address', () => {
    @Controller('planted')
    class Planted {
      @Get() nothing(): void {}
      @Get('bare') @Public('  ') bare(): void {}
      @Get('why') @Public('so there') short(): void {}
      @Get('odd') @Requires('everything' as 'cost.read') odd(): void {}
      @Post(['twice', 'again']) @Requires('cost.read') good(): void {}
      @Post('again') @Requires('cost.read') taken(): void {}
      notServed(): void {}
    }
    @Controller('heir')
    class Heir extends Planted {}
    expect(handlerProblems(handlersIn({ Planted, other: 1, helper: () => 1 }))).toEqual([
      'Planted.nothing says neither @Requires nor @Public',
      'Planted.bare is public and does not say why',
      'Planted.short is public and does not say why',
      'Planted.odd requires everything, which no role has',
      'POST /planted/again is served by Planted.good and Planted.taken',
    ]);
    expect(handlerProblems(handlersIn({ Heir }))).toContain('Heir.nothing says neither @Requires nor @Public');
  });
});

describe('the guards', () => {
  it('stand before every handler of the application: first where the request comes from, then who sends it', () => {
    const providers = Reflect.getMetadata(MODULE_METADATA.PROVIDERS, IdentityModule) as { provide?: unknown; useClass?: unknown }[];
    const guards = providers.filter(({ provide }) => provide === APP_GUARD).map(({ useClass }) => useClass);
    expect(guards).toEqual([SameOriginGuard, AccessGuard]);
    const root = typescriptIn('src').find(({ path }) => path === 'src/app.module.ts')?.text ?? '';
    expect(root).toMatch(/imports: \[[^\]]*\bIdentityModule\b/);
  });

  const config = Object.assign(Object.create(Config.prototype) as Config, { sandbox: false, publicUrl: 'https://billing.example' });
  const cookies = new Cookies(config);
  const guard = new SameOriginGuard(config, cookies, new Reflector());
  class Kinds {
    @Requires('invoice.read')
    asks(): void {}

    @Public('stands for a handler that asks for no caller')
    isPublic(): void {}
  }
  const cookieUses: Record<CookieUse, true> = { session: true, signIn: true, connect: true, support: true };
  const passes = (method: string, headers: Record<string, string>, handler: keyof Kinds = 'asks'): boolean =>
    guard.canActivate({
      getHandler: () => Kinds.prototype[handler],
      switchToHttp: () => ({ getRequest: () => ({ method, headers }) }),
    } as unknown as ExecutionContext);

  const unsafe = ['POST', 'PUT', 'PATCH', 'DELETE', 'SEARCH', 'PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'QUERY'];
  const said: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://billing.example' },
    { origin: 'https://evil.example' },
    { origin: 'https://sibling.billing.example' },
    { origin: 'http://billing.example' },
    { origin: 'null' },
    { origin: '' },
  ];
  const foreign = [...said, {}];

  it.each(unsafe.flatMap((method) => Object.keys(cookieUses).map((use) => [method, use as CookieUse])) as [string, CookieUse][])(
    'refuse %s from elsewhere with the %s cookie on it, and let the same pass from here',
    (method, use) => {
      const cookie = `${cookies.name(use)}=x`;
      for (const headers of foreign) expect(() => passes(method, { cookie, ...headers }), JSON.stringify(headers)).toThrow();
      expect(passes(method, { cookie, 'sec-fetch-site': 'same-origin' })).toBe(true);
      expect(passes(method, { cookie, origin: 'https://billing.example' })).toBe(true);
    },
  );

  it.each(unsafe)('refuse %s that says it comes from elsewhere also without a cookie: it could be here to get one', (method) => {
    for (const headers of said) expect(() => passes(method, headers), JSON.stringify(headers)).toThrow();
    expect(passes(method, {})).toBe(true);
    expect(passes(method, { authorization: 'Bearer key', origin: 'https://app.example' })).toBe(true);
  });

  it.each(unsafe)('let %s with a key pass only where a caller is asked for, and let nobody read the cookies beside it', (method) => {
    const headers = { authorization: 'x', cookie: `${cookies.name('session')}=x` };
    expect(passes(method, headers)).toBe(true);
    for (const word of foreign) expect(() => passes(method, { ...headers, ...word }, 'isPublic'), JSON.stringify(word)).toThrow();
    for (const use of Object.keys(cookieUses) as CookieUse[]) {
      const request = { headers: { authorization: '', cookie: `${cookies.name(use)}=x` } } as unknown as Request;
      expect([cookies.read(request, use), cookies.hasAny(request)]).toEqual([undefined, true]);
    }
  });
});
