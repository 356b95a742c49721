import { ForbiddenException, UnauthorizedException } from '@nestjs/common';

/** No session, or one that has ended, or an API key that is not in force. */
export class SignInRequired extends UnauthorizedException {
  constructor() {
    super('Sign in, or send an API key that is in force.');
  }
}

/** Signed in, and member of no tenant (any more). */
export class NoTenant extends ForbiddenException {
  constructor() {
    super('You belong to no company here. Ask an owner or admin of yours to invite you.');
  }
}

const MISSING = {
  role: 'Your role does not include this. An owner can change your role under Settings, Members.',
  limit:
    'A limit that was set for you takes this away, though your role includes it. An owner or admin can change it under Settings, Members.',
  scope: 'This API key was not given the permission for this, though its role includes it. An owner can make one that has it.',
} as const;

export class PermissionMissing extends ForbiddenException {
  constructor(because: keyof typeof MISSING = 'role') {
    super(MISSING[because]);
  }
}

export class ForeignOrigin extends ForbiddenException {
  constructor() {
    super('This request came from another site, so nothing was done. Open the page here and try again.');
  }
}

/** A person must prove again that it is them, before something that cannot be undone or that hands out keys. */
export class StepUpRequired extends ForbiddenException {
  constructor() {
    super('Confirm that it is you first: this needs a proof of the last 10 minutes.');
  }
}

/** The company asks for a second factor, and this session has proved none. */
export class SecondFactorRequired extends ForbiddenException {
  constructor(readonly enrolled: boolean) {
    super('Your company asks for a second factor. Confirm with yours, or set one up, and go on.');
  }
}

export class KeyTooWeak extends ForbiddenException {
  constructor() {
    super('This needs a person who confirms that it is them, or the API key of an owner.');
  }
}
