/**
 * Where a file belongs, and what each place may see of the others. Imports run one way: along this table, never against it.
 * A zone always sees itself. What is not in the table may be seen by nobody but the composition roots.
 */
export interface Zone {
  name: string;
  sees: readonly string[];
}

const PLAIN = ['domain', 'ports'];
/** Parts of `platform` that any layer above may use: clock, ids, settings, seals and the like. */
const PLATFORM = ['platform'];
const BASE = [...PLAIN, ...PLATFORM, 'database', 'jobs'];
const STAGES = ['intake', 'review', 'documents', 'delivery', 'posting', 'settlement', 'receivables'].map((stage) => `billing/${stage}`);
/** What every stage may use: the invoice itself, and the outbox in which it plans what is to be written. */
const SHARED = ['connections', 'identity', 'billing/invoices', 'billing/outbox'];
const SERVICES = [...BASE, ...SHARED, ...STAGES, 'billing/queries', 'lifecycle'];

const SEES: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  'connectors/kit': PLAIN,
  'connectors/<vendor>': [...PLAIN, 'connectors/kit'],
  'connectors/index': [...PLAIN, 'connectors/kit', 'connectors/<vendor>'],
  platform: PLAIN,
  database: [...PLAIN, ...PLATFORM],
  jobs: [...PLAIN, ...PLATFORM, 'database'],
  connections: [...BASE, 'connectors/index'],
  identity: BASE,
  'billing/invoices': [...BASE, 'connections', 'identity'],
  'billing/outbox': [...BASE, 'connections', 'identity', 'billing/invoices'],
  ...Object.fromEntries(STAGES.map((stage) => [stage, [...BASE, ...SHARED]])),
  // Reads across stages and writes nothing: the shapes of their rows are what it knows of them.
  'billing/queries': [...BASE, ...SHARED, ...STAGES],
  // Retention, export and erasure: over all of a tenant's tables and connections, and of no stage.
  lifecycle: [...BASE, ...SHARED],
  web: SERVICES,
  api: SERVICES,
};

/** Start a process and may see everything: the modules, the command line, and the launcher, which migrates and starts the sandbox. */
const COMPOSITION_ROOTS = ['main', 'cli', 'app.module', 'repositories.module', 'platform/launcher'];

/** The zone of a path below `src`, such as `src/billing/posting/send.job.ts`; `<root>` for a composition root. */
export function zoneOf(path: string): string {
  const [first = '', second = '', third] = path.replace(/^src\//, '').split('/');
  const folder = third === undefined ? undefined : second;
  if (COMPOSITION_ROOTS.includes(first.replace(/\.ts$/, '')) || COMPOSITION_ROOTS.includes(`${first}/${folder}`)) return '<root>';
  if (first === 'connectors') return folder === undefined ? 'connectors/index' : `connectors/${folder}`;
  if (first === 'billing') return `billing/${folder ?? second}`;
  return first;
}

/** The same with every vendor's folder under one name, as the table has it. */
function zoneInTable(zone: string): string {
  return /^connectors\/(?!kit$|index$)/.test(zone) ? 'connectors/<vendor>' : zone;
}

export function maySee(from: string, to: string): boolean {
  if (from === to || from === '<root>') return true;
  return SEES[zoneInTable(from)]?.includes(zoneInTable(to)) ?? false;
}

export const isKnownZone = (zone: string): boolean => zone === '<root>' || zoneInTable(zone) in SEES;

/** The table itself, for the check that it has no cycle. */
export const ZONES: readonly Zone[] = Object.entries(SEES).map(([name, sees]) => ({ name, sees }));
