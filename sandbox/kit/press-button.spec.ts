import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pressFirstButton } from './press-button.js';

const PAGE = `<form method="post" action="/decide?step=2"><input type="hidden" name="state" value="a&amp;b &#60;c&quot;">
<input type="hidden" name="scope" value="x"><button name="decision" value="allow">Allow</button><button name="decision" value="cancel">No</button></form>`;

let server: Server;
let url: string;
const received: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://here');
    if (request.method === 'GET') return void response.end(pathname === '/page' ? PAGE : 'nothing');
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(`${request.url} ${body}`);
      response.writeHead(302, { location: 'http://localhost:1/back?code=7' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it('sends the form with its hidden fields and the first button, and follows nothing', async () => {
  const back = await pressFirstButton(`${url}/page`);
  expect(back.href).toBe('http://localhost:1/back?code=7');
  const [path = '', body = ''] = (received[0] ?? '').split(' ');
  expect(path).toBe('/decide?step=2');
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ state: 'a&b <c"', scope: 'x', decision: 'allow' });
});

it('says so when there is nothing to press', async () => {
  await expect(pressFirstButton(`${url}/other`)).rejects.toThrow(/has no form/);
});
