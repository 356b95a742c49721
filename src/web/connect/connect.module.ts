import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { ConnectPages } from './connect-pages.js';
import { ConnectController } from './connect.controller.js';

/** Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({ imports: [ConnectionsModule, IdentityModule], controllers: [ConnectController], providers: [ConnectPages] })
export class ConnectModule {}
