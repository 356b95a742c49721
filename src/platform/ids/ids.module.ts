import { Global, Module } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Ids } from './ids.js';

@Global()
@Module({ providers: [{ provide: Ids, inject: [Clock], useFactory: (clock: Clock) => new Ids(clock) }], exports: [Ids] })
export class IdsModule {}
