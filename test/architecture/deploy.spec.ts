import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONNECTORS } from '../../src/connectors/index.js';
import { operatorVariables } from '../../src/platform/config/environment-schema.js';
import { composeFile, composeProblems, dockerfileProblems } from './house/deploy-rules.js';

const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');
const compose = composeFile.parse(parse(readFileSync('deploy/compose.yaml', 'utf8')));
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };

describe('the image', () => {
  it('is pinned, not root, watched over, and has nothing secret in a layer', () => {
    expect(dockerfileProblems(dockerfile, dependencies['node'] ?? '', existsSync)).toEqual([]);
  });

  it('takes nothing of the checkout but what it copies', () => {
    const allowed = readFileSync('deploy/Dockerfile.dockerignore', 'utf8').split('\n');
    expect(allowed).toContain('*');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
    for (const path of copied) expect(allowed).toContain(`!${path}`);
    expect(
      allowed
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .toSorted(),
    ).toEqual(copied.toSorted());
  });

  it.each([
    ['FROM node:latest', 'node:latest is not pinned'],
    ['FROM node:24.21.0@sha256:fill-me-in', 'node:24.21.0@sha256:fill-me-in is not pinned'],
    ['FROM node:20.1.0-slim', 'node:20.1.0-slim is not Node 24.21.0'],
    ['FROM node:24.21.0-slim', 'it runs as root'],
    ['FROM node:24.21.0-slim\nUSER 0:0', 'it runs as root'],
    ['FROM node:24.21.0-slim', 'it has no health check'],
    ['FROM node:24.21.0-slim\nENTRYPOINT npm start', 'its program does not get the signals'],
    ['FROM node:24.21.0-slim\nENV A=1 SMTP_PASSWORD=x', 'a secret in a layer: A=1 SMTP_PASSWORD=x'],
    ['FROM node:24.21.0-slim\nCOPY . .', '. cannot be copied'],
    ['FROM node:24.21.0-slim\nCOPY nowhere ./', 'nowhere cannot be copied'],
    ['FORM node:24.21.0-slim', 'FORM is no instruction'],
  ])('would be seen to be wrong: %j', (text, problem) => {
    expect(dockerfileProblems(text, '24.21.0', existsSync)).toContain(problem);
  });
});

describe('the compose file', () => {
  it('gives each part only what it needs', () => {
    expect(Object.keys(compose.services)).toEqual(['proxy', 'app', 'database', 'backup']);
    expect(composeProblems(compose, 'countersign')).toEqual([]);
  });

  it('sets variables that exist, and secrets by file', () => {
    const known = [operatorVariables, ...CONNECTORS.map(({ descriptor }) => descriptor.environment)].flatMap(({ shape }) =>
      Object.keys(shape),
    );
    for (const name of Object.keys(compose.services['app']?.environment ?? {}))
      expect(known.includes(name) || known.includes(name.replace(/_FILE$/, '')), name).toBe(true);
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(readFileSync('.gitignore', 'utf8')).toContain('deploy/secrets/');
  });

  it('lets the app unpack its programs, which an ordinary tmpfs forbids', () => {
    expect(compose.services['app']?.tmpfs).toEqual([expect.stringMatching(/^\/tmp:exec,/)]);
  });

  it('would be seen to be careless', () => {
    const planted = composeFile.parse({
      services: { app: { image: 'x:latest', privileged: true, ports: ['80:80'], secrets: ['gone'], environment: { SMTP_PASSWORD: 'x' } } },
      secrets: {},
    });
    expect(composeProblems(planted, 'countersign')).toHaveLength(10);
  });
});
