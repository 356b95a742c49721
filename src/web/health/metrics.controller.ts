import { Controller, Get, NotFoundException, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Public } from '../../identity/requires.js';
import { Config } from '../../platform/config/config.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { isOperator } from './operator-access.js';

/** Numbers for Prometheus. To anybody without the operator's token the address does not exist. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: Config,
  ) {}

  @Get()
  @Public('asks for the operator’s own token, METRICS_TOKEN')
  async read(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<string> {
    if (!isOperator(request, this.config)) throw new NotFoundException('There is no such page.');
    response.type(this.metrics.register.contentType).set('Cache-Control', 'no-store');
    return await this.metrics.text();
  }
}
