import { z } from 'zod';

/** A name with a full version: no "latest", no bare major, nothing that is still to be filled in. */
const PINNED = /^[a-z0-9./-]+:\d+\.\d+[a-z0-9.-]*$/;
const SECRET = /(SECRET|TOKEN|PASSWORD|KEY|KEYS)$/;
/** The name of a key at a key service, which opens nothing. */
const NO_SECRET = 'KEYS_TRANSIT_KEY';

interface Instruction {
  name: string;
  text: string;
}

function instructionsOf(dockerfile: string): Instruction[] {
  return dockerfile
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return { name, text: rest.join(' ').trim() };
    });
}

const KNOWN = new Set([
  'FROM',
  'WORKDIR',
  'COPY',
  'RUN',
  'ENV',
  'USER',
  'VOLUME',
  'EXPOSE',
  'HEALTHCHECK',
  'CMD',
  'STOPSIGNAL',
  'ENTRYPOINT',
]);

/** What is wrong with an image's recipe. @param exists whether a path of the checkout is there */
export function dockerfileProblems(dockerfile: string, node: string, exists: (path: string) => boolean): string[] {
  const all = instructionsOf(dockerfile);
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const user = last.findLast(({ name }) => name === 'USER')?.text ?? 'root';
  const bases = all.filter(({ name }) => name === 'FROM').map(({ text }) => text.split(' ')[0] ?? '');
  const copied = all
    .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
    .flatMap(({ text }) => text.split(' ').slice(0, -1));
  return [
    ...all.filter(({ name }) => !KNOWN.has(name)).map(({ name }) => `${name} is no instruction`),
    ...bases.filter((base) => !PINNED.test(base)).map((base) => `${base} is not pinned`),
    ...bases.filter((base) => base.startsWith('node:') && !base.startsWith(`node:${node}-`)).map((base) => `${base} is not Node ${node}`),
    ...(['root', '0'].includes(user.split(':')[0] ?? '') ? ['it runs as root'] : []),
    ...(last.some(({ name }) => name === 'HEALTHCHECK') ? [] : ['it has no health check']),
    ...(last.some(({ name, text }) => name === 'ENTRYPOINT' && text.startsWith('[')) ? [] : ['its program does not get the signals']),
    ...all
      .filter(({ name, text }) => ['ENV', 'ARG'].includes(name) && text.split(/\s+/).some((pair) => SECRET.test(pair.split('=')[0] ?? '')))
      .map(({ text }) => `a secret in a layer: ${text}`),
    ...copied.filter((path) => path.replace(/^\.\//, '') === '.' || !exists(path)).map((path) => `${path} cannot be copied`),
  ];
}

const service = z.looseObject({
  image: z.string(),
  user: z.string().optional(),
  restart: z.string().optional(),
  cap_add: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  privileged: z.boolean().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  tmpfs: z.array(z.string()).default([]),
  deploy: z.looseObject({ resources: z.looseObject({ limits: z.looseObject({ cpus: z.string(), memory: z.string() }) }) }).optional(),
});
const network = z.looseObject({
  internal: z.boolean().default(false),
  ipam: z.looseObject({ config: z.array(z.looseObject({ subnet: z.string() })) }).optional(),
});
export const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  networks: z.record(z.string(), network).default({}),
});

export type ComposeFile = z.infer<typeof composeFile>;

/** Enough to hand files and work over to an account without rights, and to listen below 1024. */
const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];
const isOfCheckout = (volume: string): boolean => /^\.{0,2}\//.test(volume);
const isWritable = (volume: string): boolean => !volume.endsWith(':ro');

/** What is wrong with a compose file. @param built the image that is ours */
export function composeProblems(file: ComposeFile, built: string): string[] {
  const { services, secrets } = file;
  return Object.entries(services).flatMap(([name, one]) => {
    const problems = [
      [one.image !== built && !PINNED.test(one.image), `${one.image} is not pinned`],
      [one.read_only !== true, 'its file system can be written to'],
      [!one.cap_drop.includes('ALL'), 'it keeps capabilities'],
      [one.cap_add.some((capability) => !CAPABILITIES.includes(capability)), 'it is given capabilities that it does not need'],
      [!one.security_opt.includes('no-new-privileges:true'), 'it may gain rights'],
      [one.privileged === true, 'it is privileged'],
      [one.healthcheck === undefined, 'it has no health check'],
      [one.deploy === undefined, 'it has no limits'],
      [one.ports.length > 0 && name !== 'proxy', 'only the proxy is reached from outside'],
      [one.secrets.some((secret) => secrets[secret] === undefined), 'it is given a secret that is none'],
      [
        Object.keys(one.environment).some((variable) => SECRET.test(variable) && variable !== NO_SECRET),
        'a secret stands in its environment',
      ],
      [one.volumes.some((volume) => isOfCheckout(volume) && isWritable(volume)), 'it can change the files that it was set up with'],
      // A new volume is root's, unless the image made the folder and gave it away, as ours does.
      [
        one.user !== undefined && one.image !== built && one.volumes.some((volume) => !isOfCheckout(volume) && isWritable(volume)),
        'it cannot write to its volume',
      ],
      // A job that ends serves nobody.
      [
        one.image === built && one.restart !== 'no' && strangersAtTheDoor(one, file),
        'the proxy comes from a network that is not the trusted one',
      ],
      [one.image === built && one.restart !== 'no' && knowsOwner(one), 'what serves people knows the password of the database’s owner'],
    ] as const;
    return problems.filter(([is]) => is).map(([, problem]) => `${name}: ${problem}`);
  });
}

/** The owner's address is for the job that makes roles and tables. */
function knowsOwner(one: ComposeFile['services'][string]): boolean {
  return (
    one.secrets.some((name) => name.startsWith('database_')) || Object.keys(one.environment).some((name) => name.startsWith('DATABASE_URL'))
  );
}

/** Containers choose among the networks that they share: each of them must be the one whose addresses are believed. */
function strangersAtTheDoor(app: ComposeFile['services'][string], { services, networks }: ComposeFile): boolean {
  const shared = app.networks.filter((name) => services['proxy']?.networks.includes(name));
  const trusted = String(app.environment['TRUSTED_PROXIES'] ?? '');
  const isTrusted = (name: string): boolean =>
    networks[name]?.internal === true && networks[name].ipam?.config.every(({ subnet }) => subnet === trusted) === true;
  return shared.length === 0 || !shared.every(isTrusted);
}
