import { Module, type DynamicModule } from '@nestjs/common';
import { CONNECTOR_ENVIRONMENT } from '../../ports/connector.js';
import type { Config } from './config.js';

/** Gives connectors the variables that their own schemas declared, and no others. */
@Module({})
export class VendorEnvironmentModule {
  static of(config: Config): DynamicModule {
    return {
      module: VendorEnvironmentModule,
      global: true,
      providers: [{ provide: CONNECTOR_ENVIRONMENT, useValue: config.connectorEnvironment }],
      exports: [CONNECTOR_ENVIRONMENT],
    };
  }
}
