import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { VaultModule } from '../../platform/vault/vault.module.js';
import { BudgetsModule } from '../../database/budgets/budgets.module.js';
import { Cookies } from '../cookies.js';
import { BeforeSignIn } from '../sign-in/before-sign-in.js';
import { LimitBeforeRoutes, LimitBehindGuards } from './rate-limits.js';

/** Importing it puts the limits before every route of the application. */
@Module({
  imports: [BudgetsModule, VaultModule],
  providers: [Cookies, BeforeSignIn, { provide: APP_INTERCEPTOR, useClass: LimitBehindGuards }],
})
export class RateLimitsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LimitBeforeRoutes).forRoutes('{*path}');
  }
}
