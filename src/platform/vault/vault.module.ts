import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { Vault } from './vault.js';

@Module({
  providers: [{ provide: Vault, inject: [Config, Clock], useFactory: (config: Config, clock: Clock) => new Vault(config.keys, clock) }],
  exports: [Vault],
})
export class VaultModule {}
