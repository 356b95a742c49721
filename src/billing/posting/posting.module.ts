import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { Config } from '../../platform/config/config.js';
import { BatchSender } from './batch-sender.js';
import { DueDocuments } from './due-documents.js';
import { Outcomes } from './outcomes.js';
import { PostingCommands } from './posting-commands.js';
import { PostingSwitch } from './posting-switch.js';
import { Preparation } from './preparation.js';
import { PUBLIC_ADDRESS } from './public-address.js';
import { ReconcileJob } from './reconcile.job.js';
import { References } from './references.js';
import { SendJob } from './send.job.js';
import { SingleRequests } from './single-requests.js';
import { SingleWrites } from './single-writes.js';
import { SourceCheck } from './source-check.js';
import { PostingTimings } from './timings.js';

@Module({
  imports: [ConnectionsModule],
  providers: [
    { provide: PUBLIC_ADDRESS, useFactory: (config: Config) => config.publicUrl, inject: [Config] },
    {
      provide: PostingTimings,
      useFactory: ({ posting }: Config) => new PostingTimings(posting.quarantineSeconds * 1_000, posting.leaseSeconds * 1_000),
      inject: [Config],
    },
    BatchSender,
    DueDocuments,
    Outcomes,
    PostingCommands,
    PostingSwitch,
    Preparation,
    ReconcileJob,
    References,
    SendJob,
    SingleRequests,
    SingleWrites,
    SourceCheck,
  ],
  exports: [PostingCommands, PostingSwitch],
})
export class PostingModule {}
