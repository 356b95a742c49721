import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContentKeeping } from './content.js';
import { Certificates } from './erasure/certificates.js';
import { EraseTenantJob } from './erasure/erase-tenant.job.js';
import { PersonErasure } from './erasure/person-erasure.js';
import { TenantErasure } from './erasure/tenant-erasure.js';
import { ExportJob } from './export/export.job.js';
import { ExportFiles, Exports } from './export/exports.js';
import { PersonCopies } from './export/person-copy.js';
import { Flows } from './data-flows.js';
import { Holds } from './holds.js';
import { Nightly } from './nightly.js';
import { RetainJob } from './retain.job.js';
import { Retention } from './retention.js';

const SERVICES = [
  Certificates,
  EraseTenantJob,
  PersonErasure,
  TenantErasure,
  ContentKeeping,
  ExportFiles,
  ExportJob,
  Exports,
  Flows,
  Holds,
  Nightly,
  PersonCopies,
  RetainJob,
  Retention,
];

/** How long data lives: retention, legal holds, export of everything, erasure. */
@Module({ imports: [ConnectionsModule], providers: SERVICES, exports: SERVICES })
export class LifecycleModule {}
