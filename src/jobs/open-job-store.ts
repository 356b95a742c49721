import { PgBoss } from 'pg-boss';

/** pg-boss as the app role: it neither creates nor migrates anything. */
export async function openJobStore(appUrl: string): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: appUrl,
    migrate: false,
    createSchema: false,
    schedule: false,
    max: 4,
    application_name: 'countersign-jobs',
  });
  boss.on('error', () => undefined);
  return await boss.start();
}
