import { Module } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { KEY_WRAPPER, type KeyWrapper } from './key-wrapper.js';
import { FileKeys, fixedKeys, type Keys } from './keys.js';
import { LocalWrapper } from './local-wrapper.js';
import { TENANT_KEY_STORE, type TenantKeyStore } from './tenant-key-store.js';
import { TenantKeys } from './tenant-keys.js';
import { TransitWrapper } from './transit-wrapper.js';
import { Vault } from './vault.js';

const KEYS = Symbol('key ring');

export function keysOf(config: Pick<Config, 'keys' | 'keysFile'>): Keys {
  return config.keysFile === undefined ? fixedKeys(config.keys) : new FileKeys(config.keysFile, config.keys);
}

export function wrapperOf(config: Pick<Config, 'keyService'>, keys: Keys): KeyWrapper {
  return config.keyService ? new TransitWrapper(config.keyService) : new LocalWrapper(keys);
}

/** Needs the store of tenant keys, which storage brings. */
@Module({
  providers: [
    { provide: KEYS, inject: [Config], useFactory: keysOf },
    { provide: KEY_WRAPPER, inject: [Config, KEYS], useFactory: wrapperOf },
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
  exports: [Vault, TenantKeys, KEY_WRAPPER],
})
export class VaultModule {}
