import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';

const demoFile = z.object({ pids: z.object({ app: z.int() }) });

/** Whether the sandbox has been set up: the file that scripts read then names this process. Elsewhere there is nothing to wait for. */
@Injectable()
export class DemoReadiness {
  private seen = false;

  constructor(private readonly config: Config) {}

  isSetUp(): boolean {
    this.seen ||= this.config.demoFile === undefined || this.names(this.config.demoFile);
    return this.seen;
  }

  private names(file: string): boolean {
    try {
      return demoFile.parse(JSON.parse(readFileSync(file, 'utf8'))).pids.app === process.pid;
    } catch {
      // Not written yet.
      return false;
    }
  }
}
