/** Where sealed values of a tenant are kept: bound to the row's `id` and to the name of the field. */
export interface SealedColumn {
  table: string;
  column: string;
  field: string;
}

/** Where sealed values of a person are kept, in tables of no tenant. */
export interface PersonalColumn extends SealedColumn {
  /** The column that says whose. */
  person: string;
}

export const CREDENTIALS: SealedColumn = { table: 'connection', column: 'sealed_credentials', field: 'credentials' };
export const PENDING_GRANT: SealedColumn = { table: 'pending_grant', column: 'sealed_credentials', field: 'pending grant' };

/** Every one of them: a rotation visits what stands here, and a test finds the column that does not. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [CREDENTIALS, PENDING_GRANT];
export const PERSONAL_COLUMNS: readonly PersonalColumn[] = [
  { table: 'authenticator', column: 'sealed_secret', field: 'authenticator', person: 'person_id' },
];
