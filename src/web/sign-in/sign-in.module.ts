import { Module } from '@nestjs/common';
import { IdentityModule } from '../../identity/identity.module.js';
import { AuthenticatorController } from './authenticator.controller.js';
import { ConfirmController } from './confirm.controller.js';
import { IdentityLinkController } from './identity-link.controller.js';
import { InvitationController } from './invitation.controller.js';
import { PasskeyController } from './passkey.controller.js';
import { ProviderController } from './provider.controller.js';
import { SessionController } from './session.controller.js';
import { SignInController } from './sign-in.controller.js';
import { SupportLinkController } from './support-link.controller.js';
import { SignInPages } from './sign-in-pages.js';

/** Needs a `ViewEngine` from a global module. */
@Module({
  imports: [IdentityModule],
  controllers: [
    SignInController,
    AuthenticatorController,
    ConfirmController,
    IdentityLinkController,
    PasskeyController,
    ProviderController,
    InvitationController,
    SessionController,
    SupportLinkController,
  ],
  providers: [SignInPages],
})
export class SignInModule {}
