import type { z } from 'zod';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { Config, type Environment } from './config.js';
import { launcherVariables, operatorVariables, sandboxServers } from './environment-schema.js';
import { plainDatabaseProblem } from './plain-lines.js';
import { weakSecrets } from './weak-secrets.js';
import { ConfigProblems, isSet, loadSettings } from './load-settings.js';
import { withInvented } from './sandbox-environment.js';
import { isLoopback } from './sandbox-mode.js';

/** The part of a connector's descriptor that says which environment variables it reads. */
export interface ConnectorVariables {
  key: string;
  environment: z.ZodObject;
}

/**
 * Reads the whole environment of an app process, once.
 * @throws ConfigProblems with one sentence per problem
 */
export function loadConfig(given: Environment, connectors: readonly ConnectorVariables[]): Config {
  const problems = new ConfigProblems();
  const launched = problems.parse(launcherVariables, given);
  const servers = launched?.COUNTERSIGN_SANDBOX === undefined ? undefined : sandboxServers.parse(JSON.parse(launched.COUNTERSIGN_SANDBOX));
  const schemas = [operatorVariables, ...connectors.map(({ environment }) => environment)];
  const env = servers ? withInvented(given, servers.environment, schemas) : given;
  const connectorEnvironment: Record<string, string | undefined> = {};
  for (const schema of connectors.map(({ environment }) => environment)) {
    problems.parse(schema, env);
    for (const name of Object.keys(schema.shape)) if (isSet(env[name])) connectorEnvironment[name] = env[name];
  }
  const settings = problems.collect(() => loadSettings(env));
  if (settings && !settings.sandbox) refusePlainVendors(connectorEnvironment, problems);
  if (settings && !settings.sandbox)
    for (const sentence of weakSecrets(connectorEnvironment, Object.keys(connectorEnvironment))) problems.add(sentence);
  if (settings && !settings.sandbox) refusePlainDatabases(env, problems);
  problems.throwIfAny();
  if (!settings || !launched) throw new OneSentenceError('The environment could not be read.');
  const { COUNTERSIGN_APP_DATABASE_URL: appUrl, COUNTERSIGN_SCHEDULER_DATABASE_URL: schedulerUrl } = launched;
  if (appUrl === undefined || schedulerUrl === undefined) {
    throw new OneSentenceError('COUNTERSIGN_APP_DATABASE_URL and COUNTERSIGN_SCHEDULER_DATABASE_URL are not set: start with "npm start".');
  }
  return new Config(
    settings,
    { appUrl, schedulerUrl },
    servers && { pid: servers.pid, urls: servers.urls },
    connectorEnvironment,
    launched.COUNTERSIGN_DEMO_FILE,
    launched.COUNTERSIGN_SHARED_ACCOUNT,
  );
}

/** Also where the addresses were handed over by "prepare-database" and no owner's is known here. */
function refusePlainDatabases(env: Environment, problems: ConfigProblems): void {
  for (const name of ['COUNTERSIGN_APP_DATABASE_URL', 'COUNTERSIGN_SCHEDULER_DATABASE_URL']) {
    const url = env[name];
    const problem = url === undefined || !URL.canParse(url) ? undefined : plainDatabaseProblem(name, url, env['DATABASE_TLS']);
    if (problem !== undefined) problems.add(problem);
  }
}

/** What a vendor is told holds keys; in the clear it goes no further than this machine. */
function refusePlainVendors(connectorEnvironment: Environment, problems: ConfigProblems): void {
  for (const [name, value] of Object.entries(connectorEnvironment)) {
    if (value?.startsWith('http:') && !isLoopback(value)) problems.add(`${name} must begin with https://.`);
  }
}
