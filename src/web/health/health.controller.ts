import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../../identity/requires.js';
import { KeyHealth } from '../../platform/vault/key-health.js';
import { DatabaseHealth } from '../../storage/database-health.js';

/** For load balancers and the launcher: whether to send requests here. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly keys: KeyHealth,
  ) {}

  @Get('live')
  @Public('says nothing but that the process runs')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public('says nothing but whether requests can be served')
  async ready(@Res({ passthrough: true }) response: Response): Promise<{ status: string; database: string; keys: string }> {
    const database = (await this.database.answers()) ? 'ok' : 'unreachable';
    if (database !== 'ok') response.status(503);
    // People can read and decide without a key, so a key service that is away takes no process out of service.
    const keys = (await this.keys.now()).ok ? 'ok' : 'unreachable';
    return { status: database === 'ok' ? 'ok' : 'unavailable', database, keys };
  }
}
