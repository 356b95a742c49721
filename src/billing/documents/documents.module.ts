import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { Config } from '../../platform/config/config.js';
import { PrintingBrowser } from '../../platform/browser/printing-browser.js';
import { BrandPreview } from './brand-preview.js';
import { BrandRepository } from './brand.repository.js';
import { BrandSettings } from './brand-settings.js';
import { DocumentRepository } from './document.repository.js';
import { Documents } from './documents.js';
import { LiveDocuments } from './live-documents.js';
import { LogoReader } from './logo-reader.js';
import { ChromiumPool } from './render/chromium-pool.js';
import { RenderAhead } from './render-ahead.js';
import { Printing } from './printing.js';
import { RenderJob } from './render.job.js';

@Module({
  imports: [ConnectionsModule, InvoicesModule],
  providers: [
    {
      provide: ChromiumPool,
      inject: [Config, PrintingBrowser],
      useFactory: ({ renderPages }: Config, browser: PrintingBrowser) =>
        new ChromiumPool({ launch: () => browser.launch(), pages: renderPages }),
    },
    PrintingBrowser,
    BrandPreview,
    BrandRepository,
    BrandSettings,
    DocumentRepository,
    Documents,
    LiveDocuments,
    LogoReader,
    Printing,
    RenderAhead,
    RenderJob,
  ],
  exports: [BrandPreview, BrandSettings, Documents, Printing, PrintingBrowser, RenderAhead],
})
export class DocumentsModule implements OnApplicationShutdown {
  constructor(private readonly pool: ChromiumPool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }
}
