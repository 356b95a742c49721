import { Global, Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { QueriesModule } from '../billing/queries/queries.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { Clock } from '../platform/clock/clock.js';
import { AssetLibrary } from './asset-library.js';
import { ShellViews } from './shell/shell-view.js';
import { TenantShells } from './shell/tenant-shells.js';
import { ViewEngine } from './view-engine.js';

/** Templates, assets and the shell, for every page of whichever module. */
@Global()
@Module({
  imports: [ConnectionsModule, QueriesModule, IdentityModule],
  providers: [
    { provide: AssetLibrary, useFactory: () => new AssetLibrary() },
    {
      provide: ViewEngine,
      inject: [AssetLibrary, Clock],
      useFactory: (assets: AssetLibrary, clock: Clock) => new ViewEngine({ assets, clock, production: true }),
    },
    { provide: ShellViews, useClass: TenantShells },
  ],
  exports: [AssetLibrary, ViewEngine, ShellViews],
})
export class ViewsModule {}
