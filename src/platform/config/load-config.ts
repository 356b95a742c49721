import { z } from 'zod';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { Config } from './config.js';
import { launcherVariables } from './environment-schema.js';
import { ConfigProblems, loadSettings, type Environment } from './load-settings.js';

/** What a connector's descriptor brings: the environment variables it reads, by their names, and what it makes of them. */
export interface ConnectorConfig {
  key: string;
  configSchema: z.ZodObject;
}

/**
 * Reads the whole environment of an app process, once.
 * @throws ConfigProblems with one sentence per problem
 */
export function loadConfig(env: Environment, connectors: readonly ConnectorConfig[]): Config {
  const problems = new ConfigProblems();
  const connectorConfigs = new Map<string, unknown>();
  for (const { key, configSchema } of connectors) connectorConfigs.set(key, problems.parse(configSchema, env));
  const settings = problems.collect(() => loadSettings(env));
  const launched = problems.parse(launcherVariables, env);
  problems.throwIfAny();
  if (!settings || !launched) throw new OneSentenceError('The environment could not be read.');
  const { COUNTERSIGN_APP_DATABASE_URL: appUrl, COUNTERSIGN_SCHEDULER_DATABASE_URL: schedulerUrl } = launched;
  if (appUrl === undefined || schedulerUrl === undefined) {
    throw new OneSentenceError('COUNTERSIGN_APP_DATABASE_URL and COUNTERSIGN_SCHEDULER_DATABASE_URL are not set: start with "npm start".');
  }
  const pid = launched.COUNTERSIGN_SANDBOX_PID;
  const sandboxUrls = z.record(z.string(), z.string()).parse(JSON.parse(launched.COUNTERSIGN_SANDBOX_URLS ?? '{}'));
  return new Config(
    settings,
    { appUrl, schedulerUrl },
    sandboxUrls,
    pid === undefined ? undefined : Number.parseInt(pid, 10),
    connectorConfigs,
  );
}
