export type RefusalReason =
  | 'not_found'
  | 'bad_name'
  | 'bad_limits'
  | 'bad_address'
  | 'bad_zone'
  | 'bad_currency'
  | 'bad_directory'
  | 'last_owner'
  | 'owner_only'
  | 'already_member'
  | 'link_expired'
  | 'sign_in_first'
  | 'directory_not_allowed'
  | 'domain_not_allowed'
  | 'way_not_allowed'
  | 'bad_domain'
  | 'bad_methods'
  | 'would_lock_out'
  | 'last_identity'
  | 'in_use'
  | 'nobody_known'
  | 'belongs_to_another'
  | 'code_wrong'
  | 'passkey_refused'
  | 'not_confirmed'
  | 'too_many_tries'
  | 'factor_in_use';

/** Something was asked that cannot be done; the message is for the person who asked. */
export class IdentityRefusal extends Error {
  override name = 'IdentityRefusal';

  constructor(
    readonly reason: RefusalReason,
    message: string,
    /** The field of a form that is wrong, where one is. */
    readonly field?: string,
  ) {
    super(message);
  }
}
