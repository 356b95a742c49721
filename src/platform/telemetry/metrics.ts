import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A number read at the moment somebody asks; with labels, one number per label value. */
export type Reading = number | readonly { labels: Readonly<Record<string, string>>; value: number }[] | undefined;

const SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * The numbers of this process. A label is one of few words of ours (a route, a queue, a connector), never a tenant, a person or
 * anything a vendor sent: whoever may read the numbers learns nothing about whom they come from.
 */
@Injectable()
export class Metrics {
  readonly register = new Registry();

  readonly requests = this.counter('http_requests_total', 'Requests answered, by route pattern.', ['method', 'route', 'status']);
  readonly requestSeconds = this.histogram('http_request_seconds', 'From the first byte to the end of the answer.', ['method', 'route']);
  readonly jobs = this.counter('jobs_total', 'Jobs worked on, by how they ended.', ['queue', 'outcome']);
  readonly jobSeconds = this.histogram('job_seconds', 'Working on one job.', ['queue']);
  readonly vendorRequests = this.counter('vendor_requests_total', 'Requests to vendors; status 0: no answer.', ['connector', 'status']);
  readonly vendorSeconds = this.histogram('vendor_request_seconds', 'Waiting for a vendor.', ['connector']);
  readonly vendorPauses = this.counter('vendor_pauses_total', 'Times a vendor asked for a pause (429 and the like).', ['connector']);
  readonly vendorWaitSeconds = this.counter('vendor_wait_seconds_total', 'Waiting for our own pacing before a request.', ['connector']);
  readonly renderSeconds = this.histogram('document_render_seconds', 'Printing one document, without its time in the queue.', ['outcome']);

  constructor() {
    // Event loop lag, memory, open descriptors, garbage collection.
    collectDefaultMetrics({ register: this.register, prefix: 'countersign_' });
  }

  counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `countersign_${name}`, help, labelNames, registers: [this.register] });
  }

  histogram(name: string, help: string, labelNames: string[] = []): Histogram {
    return new Histogram({ name: `countersign_${name}`, help, labelNames, buckets: SECONDS, registers: [this.register] });
  }

  /** Registers a number that is read when it is asked for. What cannot be read just then is left out, and the others stand. */
  gauge(name: string, help: string, labelNames: string[], read: () => Promise<Reading> | Reading): void {
    const gauge: Gauge = new Gauge({
      name: `countersign_${name}`,
      help,
      labelNames,
      registers: [this.register],
      collect: async () => {
        gauge.reset();
        const reading = await Promise.resolve()
          .then(read)
          .catch(() => undefined);
        if (reading === undefined) gauge.remove();
        else if (typeof reading === 'number') gauge.set(reading);
        else for (const { labels, value } of reading) gauge.set(labels, value);
      },
    });
  }

  async text(): Promise<string> {
    return await this.register.metrics();
  }
}
