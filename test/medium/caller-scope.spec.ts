/** Goal: the limits of a caller stay with their request, whatever carries its body and however many others run. Real HTTP. */
import 'reflect-metadata';
import { setTimeout as after } from 'node:timers/promises';
import { Body, Catch, Controller, Get, Module, Post, Req, Res, UploadedFile, UseFilters, UseInterceptors } from '@nestjs/common';
import type { ArgumentsHost, CanActivate, ExceptionFilter, ExecutionContext, MiddlewareConsumer, NestModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FileInterceptor, type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import type { Request, Response } from 'express';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asRequest, narrowTo, scopeSetting } from '../../src/database/caller-scope.js';

/** Whom the request says it is from, known only after a wait, as a session is. */
class Guard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const who = context.switchToHttp().getRequest<Request>().headers['x-customer'];
    await after(Math.random() * 5);
    narrowTo({ customers: typeof who === 'string' ? [who] : [], locations: [] });
    return true;
  }
}

@Catch()
class Filter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<Response>()
      .status(500)
      .json({ scope: scopeSetting() ?? null });
  }
}

const answer = () => ({ scope: scopeSetting() ?? null });

@Controller()
@UseFilters(Filter)
class Everything {
  @Get('plain')
  async plain(): Promise<object> {
    await after(Math.random() * 5);
    return answer();
  }

  @Post('json')
  json(@Body() _body: unknown): object {
    return answer();
  }

  @Post('upload')
  @UseInterceptors(FileInterceptor('logo'))
  upload(@UploadedFile() file: { size: number }): object {
    return { ...answer(), size: file.size };
  }

  @Post('streamed')
  async streamed(@Req() request: Request): Promise<object> {
    for await (const _part of request) await after(1);
    return answer();
  }

  @Get('error')
  async error(): Promise<void> {
    await after(1);
    throw new Error('nothing');
  }

  @Get('answer-streamed')
  async answerStreamed(@Res() response: Response): Promise<void> {
    for (let part = 0; part < 3; part += 1) {
      response.write(' ');
      await after(1);
    }
    response.end(JSON.stringify(answer()));
  }
}

@Module({ controllers: [Everything], providers: [{ provide: APP_GUARD, useClass: Guard }] })
class App implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply((_request: unknown, _response: unknown, next: () => void) => asRequest(next)).forRoutes('{*any}');
  }
}

let app: NestExpressApplication;
let url: string;

beforeAll(async () => {
  app = (await Test.createTestingModule({ imports: [App] }).compile()).createNestApplication<NestExpressApplication>({ logger: false });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => app.close());

const bytes = new Uint8Array(300_000);
const WAYS: Record<string, () => RequestInit> = {
  plain: () => ({}),
  error: () => ({}),
  'answer-streamed': () => ({}),
  json: () => ({ method: 'POST', body: JSON.stringify({ a: 'b'.repeat(50_000) }), headers: { 'content-type': 'application/json' } }),
  upload: () => {
    const body = new FormData();
    body.set('logo', new Blob([bytes]), 'logo.png');
    return { method: 'POST', body };
  },
  streamed: () => ({ method: 'POST', body: bytes, headers: { 'content-type': 'application/octet-stream' } }),
};

async function scopeOf(way: string, customer: string | undefined): Promise<string | null> {
  const request = WAYS[way]?.() ?? {};
  const headers = { ...(request.headers as Record<string, string> | undefined), ...(customer && { 'x-customer': customer }) };
  return ((await (await fetch(`${url}/${way}`, { ...request, headers })).json()) as { scope: string | null }).scope;
}

it.each(Object.keys(WAYS))('stays through: %s', async (way) => {
  expect(await scopeOf(way, 'a')).toBe('{"customers":["a"],"locations":[]}');
  expect(await scopeOf(way, undefined)).toBeNull();
});

it('belongs to each of many at once alone', async () => {
  const asked = Array.from({ length: 60 }, (_, index) => ({
    way: Object.keys(WAYS)[index % 6] ?? 'plain',
    customer: index % 4 === 0 ? undefined : `c${index}`,
  }));
  await Promise.all(
    asked.map(async ({ way, customer }) =>
      expect(await scopeOf(way, customer)).toBe(customer === undefined ? null : `{"customers":["${customer}"],"locations":[]}`),
    ),
  );
});

it('refuses a limited caller whom no request carries', () => {
  expect(() => narrowTo({ customers: ['a'], locations: [] })).toThrow(/needs a request/);
  expect(() => narrowTo({ customers: [], locations: [] })).not.toThrow();
});
