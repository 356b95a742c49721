import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Public } from '../../identity/requires.js';
import { KeyHealth } from '../../platform/vault/key-health.js';
import { Config } from '../../platform/config/config.js';
import { DatabaseHealth } from '../../database/database-health.js';
import { DemoReadiness } from './demo-readiness.js';
import { overall, type Condition, type PartHealth } from './health-parts.js';
import { InstallationHealth } from './health-report.js';
import { isOperator } from './operator-access.js';

/** For load balancers and the launcher: whether to send requests here. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly keys: KeyHealth,
    private readonly report: InstallationHealth,
    private readonly config: Config,
    private readonly demo: DemoReadiness,
  ) {}

  /** 503 only where something is down: a degraded system still serves people. */
  @Get()
  @Public('says one word; the parts are for whoever has METRICS_TOKEN')
  async all(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: Condition; parts?: Record<string, PartHealth> }> {
    const parts = await this.report.parts();
    const status = overall(Object.values(parts));
    response.status(status === 'down' ? 503 : 200).set('Cache-Control', 'no-store');
    return isOperator(request, this.config) ? { status, parts } : { status };
  }

  @Get('live')
  @Public('says nothing but that the process runs')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public('says nothing but whether requests can be served')
  async ready(@Res({ passthrough: true }) response: Response): Promise<{ status: string; database: string; keys: string }> {
    const database = (await this.database.answers()) ? 'ok' : 'unreachable';
    // A first look needs its people and connections: a process that is still being shown around is not ready.
    const isReady = database === 'ok' && this.demo.isSetUp();
    if (!isReady) response.status(503);
    // People can read and decide without a key, so a key service that is away takes no process out of service.
    const keys = (await this.keys.now()).ok ? 'ok' : 'unreachable';
    return { status: isReady ? 'ok' : 'unavailable', database, keys };
  }
}
