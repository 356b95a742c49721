import { Module } from '@nestjs/common';
import { DocumentsModule } from '../../billing/documents/documents.module.js';
import { QueriesModule } from '../../billing/queries/queries.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { CertificatesController } from '../certificates/certificates.controller.js';
import { ConnectionPagesModule } from '../connections/connections.module.js';
import { AccountController } from './account.controller.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ActivityController } from './audit/activity.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { SupportController } from './support/support.controller.js';
import { BrandController } from './brand.controller.js';
import { DataPages } from './data/data-pages.js';
import { DataController } from './data/data.controller.js';
import { ContentController } from './data/content.controller.js';
import { ErasureController } from './data/erasure.controller.js';
import { PersonCopyController } from './data/person-copy.controller.js';
import { ExportsController } from './data/exports.controller.js';
import { HoldsController } from './data/holds.controller.js';
import { GeneralController } from './general.controller.js';
import { IdentitiesController } from './identities.controller.js';
import { MappingSettingsController } from './mapping-settings.controller.js';
import { LimitFieldsOf } from './limits/limits-presenter.js';
import { MemberController } from './limits/member.controller.js';
import { MembersController } from './members.controller.js';
import { SecurityController } from './security.controller.js';
import { SignInRulesController } from './sign-in-rules.controller.js';
import { SettingsPages } from './settings-pages.js';

const DATA = [
  ContentController,
  DataController,
  ErasureController,
  ExportsController,
  HoldsController,
  CertificatesController,
  PersonCopyController,
];

/** Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({
  imports: [ConnectionPagesModule, ConnectionsModule, DocumentsModule, IdentityModule, LifecycleModule, QueriesModule],
  controllers: [
    BrandController,
    MembersController,
    MemberController,
    MappingSettingsController,
    ApiKeysController,
    GeneralController,
    SignInRulesController,
    IdentitiesController,
    AuditController,
    SupportController,
    ActivityController,
    ...DATA,
    AccountController,
    SecurityController,
  ],
  providers: [SettingsPages, DataPages, LimitFieldsOf],
})
export class SettingsModule {}
