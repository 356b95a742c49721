import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { configureHttp } from './configure-http.js';

@Controller()
class WhoController {
  @Get()
  who(@Req() request: Request): string {
    return request.ip ?? '';
  }
}

@Module({ controllers: [WhoController] })
class WhoModule {}

async function seenAs(trustedProxies: readonly string[]): Promise<string> {
  const app = await NestFactory.create<NestExpressApplication>(WhoModule, { logger: false, bodyParser: false });
  configureHttp(app, { https: false, trustedProxies });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } });
  const text = await answer.text();
  await app.close();
  return text;
}

describe('where a request came from', () => {
  it('is who connected, whatever the request says of itself', async () => {
    expect(await seenAs([])).toBe('127.0.0.1');
  });

  it('is what a trusted proxy says, and no further', async () => {
    expect(await seenAs(['loopback'])).toBe('198.51.100.7');
    expect(await seenAs(['loopback', '198.51.100.0/24'])).toBe('203.0.113.9');
  });
});
