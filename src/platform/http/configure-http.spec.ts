import { request as httpRequest } from 'node:http';
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

/** Of a live installation behind a proxy on this machine, with the headers as a stranger sends them. */
async function asked(
  trustedProxies: readonly string[],
  headers: Record<string, string>,
  path = '/',
): Promise<{ status: number; hsts: boolean }> {
  const app = await NestFactory.create<NestExpressApplication>(WhoModule, { logger: false, bodyParser: false });
  configureHttp(app, { https: true, trustedProxies, publicUrl: 'https://billing.msp.example' });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const answer = await new Promise<{ status: number; hsts: boolean }>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, hsts: response.headers['strict-transport-security'] !== undefined });
    });
    request.on('error', reject).end();
  });
  await app.close();
  return answer;
}

describe('a live installation', () => {
  it.each([
    ['its own', 200, { host: 'billing.msp.example' }],
    ['its own with a port, in capitals', 200, { host: 'BILLING.msp.example:443' }],
    ['an address', 421, { host: '127.0.0.1' }],
    ['another', 421, { host: 'evil.example' }],
    ['one that ends alike', 421, { host: 'billing.msp.example.evil.example' }],
    ['its own, said by somebody who is no proxy', 421, { host: 'evil.example', 'x-forwarded-host': 'billing.msp.example' }],
  ])('answers for its own host and no other: %s is %i', async (_, status, headers) => {
    expect((await asked([], headers)).status).toBe(status);
  });

  it('believes a proxy that is known, and answers whether it is well under any name', async () => {
    expect((await asked(['loopback'], { host: 'inner', 'x-forwarded-host': 'billing.msp.example' })).status).toBe(200);
    expect((await asked(['loopback'], { host: 'billing.msp.example', 'x-forwarded-host': 'evil.example' })).status).toBe(421);
    expect((await asked([], { host: '10.0.0.7' }, '/health/ready')).status).toBe(404);
  });

  it('asks for https from then on, unless the proxy says that its own side was plain', async () => {
    const host = 'billing.msp.example';
    expect((await asked([], { host })).hsts).toBe(true);
    expect((await asked(['loopback'], { host, 'x-forwarded-proto': 'https' })).hsts).toBe(true);
    expect((await asked(['loopback'], { host, 'x-forwarded-proto': 'http' })).hsts).toBe(false);
  });
});
