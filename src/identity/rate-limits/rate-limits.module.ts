import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { BudgetsModule } from '../../database/budgets/budgets.module.js';
import { LimitBeforeRoutes } from './before-routes.js';
import { LimitBehindGuards } from './behind-guards.js';

/** Importing it puts the limits before every route of the application. */
@Module({ imports: [BudgetsModule], providers: [{ provide: APP_INTERCEPTOR, useClass: LimitBehindGuards }] })
export class RateLimitsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LimitBeforeRoutes).forRoutes('{*path}');
  }
}
