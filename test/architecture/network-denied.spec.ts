import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { get } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import axios from 'axios';
import { describe, expect, it } from 'vitest';

// 192.0.2.1 is reserved for examples: were the guard off, these would time out instead of naming the host.
describe('a test', () => {
  it.each([
    ['fetch', () => fetch('https://example.com/').catch((error: Error) => Promise.reject(error.cause as Error))],
    ['axios', () => axios.get('http://192.0.2.1/', { proxy: false })],
    ['https', () => new Promise((resolve, reject) => get('https://example.com/', resolve).on('error', reject))],
    ['a socket', () => new Promise((resolve, reject) => connect(443, '192.0.2.1', () => resolve(1)).on('error', reject))],
    ['a name', () => lookup('example.com')],
  ])('reaches no other machine by %s', async (_way, attempt) => {
    await expect(attempt()).rejects.toThrow(/Tests reach this machine only, and this one tried (example\.com|192\.0\.2\.1)/);
  });

  it('reaches this machine', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const heard = await new Promise<string>((resolve, reject) => socket.on('error', reject).on('data', (data) => resolve(data.toString())));
    expect(heard).toBe('hello');
    server.close();
  });

  it('holds its child processes to the same', async () => {
    const script = "fetch('https://example.com/').catch((error) => console.log(error.cause.message))";
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script]);
    expect(stdout).toContain('Tests reach this machine only');
  });
});
