import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONNECTORS } from '../../src/connectors/index.js';
import { launcherVariables, operatorVariables } from '../../src/platform/config/environment-schema.js';
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
    // Two stages begin with the same package files.
    const copied = [...new Set([...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' ')))];
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
    expect(Object.keys(compose.services)).toEqual(['proxy', 'prepare', 'app', 'database', 'backup']);
    expect(composeProblems(compose, 'countersign')).toEqual([]);
  });

  it('sets variables that exist, and secrets by file', () => {
    const known = [operatorVariables, launcherVariables, ...CONNECTORS.map(({ descriptor }) => descriptor.environment)].flatMap(
      ({ shape }) => Object.keys(shape),
    );
    for (const name of Object.keys({ ...compose.services['app']?.environment, ...compose.services['prepare']?.environment }))
      expect(known.includes(name) || known.includes(name.replace(/_FILE$/, '')), name).toBe(true);
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(readFileSync('.gitignore', 'utf8')).toContain('deploy/secrets/');
  });

  it('passes the app every variable of .env.example, but for those that a container or the proxy decides', () => {
    const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
    const given = new Set(Object.keys(compose.services['app']?.environment ?? {}).map((name) => name.replace(/_FILE$/, '')));
    const decided = ['PORT', 'DATA_DIR', 'NODE_ENV', 'TLS_CERT', 'TLS_KEY', 'TLS_REDIRECT_PORT', 'CHROME_PATH', 'SANDBOX_PORT'];
    const ofThePreparing = ['DATABASE_URL', 'BACKUP_AT', 'BACKUP_KEEP'];
    const ofTheLauncher = ['COUNTERSIGN_SANDBOX', 'COUNTERSIGN_DEMO_FILE', 'COUNTERSIGN_SHARED_ACCOUNT', 'NODE_EXTRA_CA_CERTS'];
    // The key ring is given by its file, under that name.
    const left = listed.filter((name) => !given.has(name.replace(/_FILE$/, '')));
    expect(left.toSorted()).toEqual([...decided, ...ofThePreparing, ...ofTheLauncher].toSorted());
    for (const [name, value] of Object.entries(compose.services['app']?.environment ?? {}))
      if (typeof value === 'string' && value.includes('${') && name !== 'PUBLIC_URL')
        expect(value, name).toMatch(new RegExp(`^\\$\\{${name}:[-?]`));
    for (const name of Object.values(compose.services)
      .flatMap(({ environment }) => Object.keys(environment))
      .filter((one) => one.endsWith('_FILE')))
      expect(
        Object.values(compose.services).some(({ environment }) => /^\/(?:run\/secrets|handover)\//.test(String(environment[name]))),
        name,
      ).toBe(true);
  });

  it('would be seen to tell what serves people who owns the database', () => {
    const { app, ...others } = compose.services;
    const planted = composeFile.parse({
      ...compose,
      services: { ...others, app: { ...app, secrets: [...(app?.secrets ?? []), 'database_url'] } },
    });
    expect(composeProblems(planted, 'countersign')).toEqual(['app: what serves people knows the password of the database’s owner']);
  });

  it('lets the app unpack its programs, which an ordinary tmpfs forbids', () => {
    expect(compose.services['app']?.tmpfs).toEqual([expect.stringMatching(/^\/tmp:exec,/)]);
  });

  it('mounts files that are there', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes }) => volumes.filter((volume) => volume.startsWith('./')));
    expect(mounted).toEqual(['./Caddyfile:/etc/caddy/Caddyfile:ro', './backup.sh:/backup.sh:ro']);
    for (const volume of mounted) expect(existsSync(join('deploy', volume.split(':')[0] ?? '')), volume).toBe(true);
  });

  it('hands the volume of the dumps over before anything is written to it, and only that', () => {
    const { backup } = compose.services;
    expect(backup?.cap_add).toEqual(['CHOWN', 'SETGID', 'SETUID']);
    expect(backup?.['command']).toEqual(['bash', '-euc', expect.stringMatching(/^chown postgres:postgres \/backups; exec gosu postgres /)]);
  });

  it('would be seen to be careless', () => {
    const planted = composeFile.parse({
      services: {
        app: {
          image: 'x:latest',
          privileged: true,
          ports: ['80:80'],
          secrets: ['gone'],
          environment: { SMTP_PASSWORD: 'x' },
          cap_add: ['SYS_ADMIN'],
          user: 'postgres',
          volumes: ['./x:/x', 'backups:/backups'],
        },
      },
      secrets: {},
    });
    expect(composeProblems(planted, 'countersign')).toHaveLength(13);
  });

  it.each([
    ['through a network that leads outside', ['inside', 'outside'], '172.30.77.0/24'],
    ['through none', ['egress'], '172.30.77.0/24'],
    ['from a network of other addresses', ['inside'], '10.0.0.0/8'],
  ])('would be seen to let the proxy in %s', (_how, inside, subnet) => {
    const { app, proxy, ...others } = compose.services;
    const networks = { ...compose.networks, inside: { internal: true, ipam: { config: [{ subnet }] } } };
    const planted = composeFile.parse({ ...compose, networks, services: { ...others, proxy, app: { ...app, networks: inside } } });
    expect(composeProblems(planted, 'countersign')).toEqual(['app: the proxy comes from a network that is not the trusted one']);
  });
});
