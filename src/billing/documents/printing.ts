import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { ChromiumPool } from './render/chromium-pool.js';

/** What the operator sees of the printer: its pages, how long documents take, and whether the last one came out. */
@Injectable()
export class Printing implements OnModuleInit {
  printed = 0;
  lastFailure = false;

  constructor(
    private readonly pool: ChromiumPool,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.pool.onPrinted = (outcome, seconds) => {
      this.lastFailure = outcome === 'failed';
      if (outcome === 'done') this.printed += 1;
      this.metrics.renderSeconds.observe({ outcome }, seconds);
    };
    this.metrics.gauge('browser_pages', 'Pages of the browser that prints documents.', ['state'], () =>
      Object.entries(this.pool.pages).map(([state, value]) => ({ labels: { state }, value })),
    );
  }
}
