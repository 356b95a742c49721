import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Permission } from '../domain/role.js';

export const ACCESS = Symbol('who may call this handler');

export type Access = { permission: Permission } | { publicBecause: string };

/** On every handler that needs a signed-in person or an API key: what their role must allow. */
export const Requires = (permission: Permission): CustomDecorator<symbol> => SetMetadata(ACCESS, { permission } satisfies Access);

/** On every other handler: why anybody may call it. */
export const Public = (reason: string): CustomDecorator<symbol> => SetMetadata(ACCESS, { publicBecause: reason } satisfies Access);
