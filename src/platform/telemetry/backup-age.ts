import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { newestOfAnybody } from '../postgres/backup/backup-folder.js';
import { Metrics } from './metrics.js';

/** How old the newest copy is, whoever made it; not told where there is none. */
@Injectable()
export class BackupAge implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('backup_age_seconds', 'Since the newest backup was begun.', [], async () => {
      const newest = await newestOfAnybody(this.config.backup.dir);
      return newest === undefined ? undefined : (Date.now() - newest.getTime()) / 1_000;
    });
  }
}
