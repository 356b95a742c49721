import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { MailModule } from '../platform/mail/mail.module.js';
import { VaultModule } from '../platform/vault/vault.module.js';
import { asRequest } from '../database/caller-scope.js';
import { AccessGuard } from './access.guard.js';
import { ApiKeys } from './api-keys.js';
import { Company } from './company.js';
import { Cookies } from './cookies.js';
import { SendEmailJob } from './emails/send-email.job.js';
import { Invitations } from './invitations.js';
import { LimitChoices } from './limit-choices.js';
import { RateLimitsModule } from './rate-limits/rate-limits.module.js';
import { Members } from './members.js';
import { Passkeys } from './passkeys.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { SecondFactors } from './second-factors.js';
import { SecurityTrail } from './security-trail.js';
import { SessionRulesOfTenant } from './session-rules.js';
import { Sessions } from './sessions.js';
import { SignInRequiredFilter } from './sign-in-required.filter.js';
import { Identities } from './identities.js';
import { Admission } from './sign-in/admission.js';
import { BeforeSignIn } from './sign-in/before-sign-in.js';
import { SignInPolicy, SignInRulesOfTenant } from './sign-in/sign-in-policy.js';
import { StaffDirectory } from './staff-directory.js';
import { SupportAccess } from './support-access.js';
import { EmailCodes } from './sign-in/email-codes.js';
import { SessionLifecycle } from './sign-in/session-lifecycle.js';
import { GoogleSignIn } from './sign-in/google.js';
import { MicrosoftSignIn } from './sign-in/microsoft.js';
import { OidcSignIn } from './sign-in/oidc.js';

const SERVICES = [
  Admission,
  ApiKeys,
  BeforeSignIn,
  Company,
  Cookies,
  SignInPolicy,
  EmailCodes,
  SessionLifecycle,
  GoogleSignIn,
  Identities,
  Invitations,
  LimitChoices,
  Members,
  MicrosoftSignIn,
  OidcSignIn,
  Passkeys,
  SecondFactors,
  SecurityTrail,
  SessionRulesOfTenant,
  Sessions,
  SignInRulesOfTenant,
  StaffDirectory,
  SupportAccess,
];

/** People, keys and roles. Importing it puts both guards before every handler of the application. */
@Module({
  imports: [MailModule, VaultModule, RateLimitsModule],
  providers: [
    ...SERVICES,
    SendEmailJob,
    { provide: APP_GUARD, useClass: SameOriginGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: SignInRequiredFilter },
  ],
  exports: SERVICES,
})
export class IdentityModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply((_request: unknown, _response: unknown, next: () => void) => asRequest(next)).forRoutes('{*any}');
  }
}
