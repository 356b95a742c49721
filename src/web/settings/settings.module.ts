import { Module } from '@nestjs/common';
import { DocumentModule } from '../../billing/document/document.module.js';
import { ReadingModule } from '../../billing/reading/reading.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { ConnectionPagesModule } from '../connections/connections.module.js';
import { AccountController } from './account.controller.js';
import { ApiKeysController } from './api-keys.controller.js';
import { BrandController } from './brand.controller.js';
import { GeneralController } from './general.controller.js';
import { IdentitiesController } from './identities.controller.js';
import { MappingSettingsController } from './mapping-settings.controller.js';
import { MembersController } from './members.controller.js';
import { SecurityController } from './security.controller.js';
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
    AccountController,
    SecurityController,
  ],
  providers: [SettingsPages],
})
export class SettingsModule {}
