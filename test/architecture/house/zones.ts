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
const LINKS = ['storage', 'connections', 'scheduling'];
const STAGES = ['intake', 'review', 'document', 'delivery', 'posting', 'settlement', 'receivables'].map((stage) => `billing/${stage}`);
const SERVICES = [...PLAIN, ...PLATFORM, ...LINKS, ...STAGES, 'billing/reading', 'identity', 'lifecycle'];

const SEES: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  'connectors/kit': PLAIN,
  'connectors/<vendor>': [...PLAIN, 'connectors/kit'],
  'connectors/index': [...PLAIN, 'connectors/kit', 'connectors/<vendor>'],
  platform: PLAIN,
  storage: [...PLAIN, ...PLATFORM],
  scheduling: [...PLAIN, ...PLATFORM, 'storage'],
  connections: [...PLAIN, ...PLATFORM, 'storage', 'scheduling', 'connectors/index'],
  identity: [...PLAIN, ...PLATFORM, 'storage', 'scheduling'],
  // Retention, export and erasure: over all of a tenant's tables and connections, and of no stage.
  lifecycle: [...PLAIN, ...PLATFORM, ...LINKS],
  'billing/reading': [...PLAIN, ...PLATFORM, 'storage', 'connections'],
  ...Object.fromEntries(STAGES.map((stage) => [stage, [...PLAIN, ...PLATFORM, ...LINKS]])),
  web: SERVICES,
  api: SERVICES,
  // The vendors' servers are a process of their own: no database, no vault, nothing of the app.
  sandbox: [...PLAIN, 'connectors/kit', 'connectors/<vendor>'],
  // Runs inside the app and sets up what the invented vendors are shown with.
  'sandbox/demo': [...SERVICES, 'sandbox', 'connectors/kit'],
};

/** Start a process and may see everything: the modules, the command line, and the launcher, which migrates and starts the sandbox. */
const COMPOSITION_ROOTS = ['main', 'cli', 'app.module', 'platform/launcher'];

/** The zone of a path below `src`, such as `src/billing/posting/send.job.ts`; `<root>` for a composition root. */
export function zoneOf(path: string): string {
  const [first = '', second = '', third] = path.replace(/^src\//, '').split('/');
  const folder = third === undefined ? undefined : second;
  if (COMPOSITION_ROOTS.includes(first.replace(/\.ts$/, '')) || COMPOSITION_ROOTS.includes(`${first}/${folder}`)) return '<root>';
  if (first === 'connectors') return folder === undefined ? 'connectors/index' : `connectors/${folder}`;
  if (first === 'billing') return `billing/${folder ?? second}`;
  if (first === 'sandbox' && folder === 'demo') return 'sandbox/demo';
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
