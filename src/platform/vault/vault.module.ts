import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { KeyHealth } from './key-health.js';
import { KEY_WRAPPER, type KeyWrapper } from './key-wrapper.js';
import { keysOf, type Keys } from './keys.js';
import { TENANT_KEY_STORE, type TenantKeyStore } from './tenant-key-store.js';
import { TenantKeys } from './tenant-keys.js';
import { wrapperOf } from './wrapper-of.js';
import { Vault } from './vault.js';

const KEYS = Symbol('key ring');

/** Needs the store of tenant keys, which storage brings. */
@Module({
  providers: [
    { provide: KEYS, inject: [Config], useFactory: keysOf },
    { provide: KEY_WRAPPER, inject: [Config, KEYS], useFactory: wrapperOf },
    { provide: KeyHealth, inject: [KEY_WRAPPER], useFactory: (wrapper: KeyWrapper) => new KeyHealth(wrapper) },
    {
      provide: TenantKeys,
      inject: [TENANT_KEY_STORE, KEY_WRAPPER],
      useFactory: (store: TenantKeyStore, wrapper: KeyWrapper) => new TenantKeys(store, wrapper),
    },
    {
      provide: Vault,
      inject: [KEYS, Clock, KEY_WRAPPER, TenantKeys],
      useFactory: (keys: Keys, clock: Clock, wrapper: KeyWrapper, tenantKeys: TenantKeys) => new Vault(keys, clock, wrapper, tenantKeys),
    },
  ],
  exports: [Vault, TenantKeys, KeyHealth, KEY_WRAPPER],
})
export class VaultModule {}
