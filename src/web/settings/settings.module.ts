import { Module } from '@nestjs/common';
import { DocumentModule } from '../../billing/document/document.module.js';
import { ReadingModule } from '../../billing/reading/reading.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { ConnectionPagesModule } from '../connections/connections.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ActivityController } from './audit/activity.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { SupportController } from './support/support.controller.js';
import { BrandController } from './brand.controller.js';
import { GeneralController } from './general.controller.js';
import { IdentitiesController } from './identities.controller.js';
import { MappingSettingsController } from './mapping-settings.controller.js';
import { MembersController } from './members.controller.js';
import { SignInRulesController } from './sign-in-rules.controller.js';
import { SettingsPages } from './settings-pages.js';

/** Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({
  imports: [ConnectionPagesModule, ConnectionsModule, DocumentModule, IdentityModule, ReadingModule],
  controllers: [
    BrandController,
    MembersController,
    MappingSettingsController,
    ApiKeysController,
    GeneralController,
    SignInRulesController,
    IdentitiesController,
    AuditController,
    SupportController,
    ActivityController,
  ],
  providers: [SettingsPages],
})
export class SettingsModule {}
