import type { Settings } from '../config/config.js';
import type { KeyWrapper } from './key-wrapper.js';
import type { Keys } from './keys.js';
import { LocalWrapper } from './local-wrapper.js';
import { TransitWrapper } from './transit-wrapper.js';

/** The one place that chooses: another adapter is a class and a line here. */
export function wrapperOf({ keyService }: Pick<Settings, 'keyService'>, keys: Keys): KeyWrapper {
  return keyService ? new TransitWrapper(keyService) : new LocalWrapper(keys);
}
