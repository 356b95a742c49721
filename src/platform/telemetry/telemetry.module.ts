import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { VendorTraffic } from './vendor-traffic.js';

/** The process's numbers and what it saw of vendors, for every part that has something to add or to tell. */
@Global()
@Module({ providers: [Metrics, VendorTraffic], exports: [Metrics, VendorTraffic] })
export class TelemetryModule {}
