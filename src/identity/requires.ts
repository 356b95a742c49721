import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Permission } from '../domain/role.js';

export const ACCESS = Symbol('who may call this handler');

export type Access = { permission: Permission; stepUp: boolean } | { publicBecause: string };

/**
 * On every handler that needs a signed-in person or an API key: what their role must allow. With `stepUp`, a person must
 * have proved again a short while ago that it is them: for what cannot be undone and what hands out keys.
 */
export const Requires = (permission: Permission, { stepUp = false } = {}): CustomDecorator<symbol> =>
  SetMetadata(ACCESS, { permission, stepUp } satisfies Access);

/** On every other handler: why anybody may call it. */
export const Public = (reason: string): CustomDecorator<symbol> => SetMetadata(ACCESS, { publicBecause: reason } satisfies Access);
