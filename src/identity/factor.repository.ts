import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The second factors of people, who are global: only through functions that ask for a person that a session named. */
@Injectable()
export class FactorRepository {
  constructor(private readonly dataSource: DataSource) {}

  async of(personId: string): Promise<{ since: Date | null; codesLeft: number }> {
    const [row] = await this.dataSource.query<{ since: Date | null; codesLeft: number }[]>(
      'select since, codes_left as "codesLeft" from factors_of($1)',
      [personId],
    );
    return row ?? { since: null, codesLeft: 0 };
  }

  /** An authenticator in use, or a passkey. */
  async hasAny(personId: string): Promise<boolean> {
    return await this.yes('has_factor($1)', [personId]);
  }

  /** False when one is in use. */
  async offerAuthenticator(personId: string, sealed: string, at: Date): Promise<boolean> {
    return await this.yes('offer_authenticator($1, $2, $3)', [personId, sealed, at]);
  }

  async authenticatorOf(personId: string): Promise<{ sealedSecret: string; confirmedAt: Date | null } | undefined> {
    const [row] = await this.dataSource.query<{ sealedSecret: string; confirmedAt: Date | null }[]>(
      'select sealed_secret as "sealedSecret", confirmed_at as "confirmedAt" from authenticator_of($1)',
      [personId],
    );
    return row;
  }

  /** True once for each step, never for an earlier one. The first confirms the authenticator. */
  async takeStep(personId: string, step: number, at: Date): Promise<boolean> {
    return await this.yes('take_authenticator_step($1, $2, $3)', [personId, step, at]);
  }

  async removeAuthenticator(personId: string): Promise<boolean> {
    return await this.yes('remove_authenticator($1)', [personId]);
  }

  async replaceRecoveryCodes(personId: string, salt: Buffer, hashes: Buffer[]): Promise<void> {
    await this.dataSource.query('select replace_recovery_codes($1, $2, $3)', [personId, salt, hashes]);
  }

  async recoverySalt(personId: string): Promise<Buffer | undefined> {
    const [row] = await this.dataSource.query<{ salt: Buffer | null }[]>('select recovery_salt($1) as salt', [personId]);
    return row?.salt ?? undefined;
  }

  async useRecoveryCode(personId: string, hash: Buffer): Promise<boolean> {
    return await this.yes('use_recovery_code($1, $2)', [personId, hash]);
  }

  /** False when this person has none left for now. */
  async spendTry(personId: string, at: Date): Promise<boolean> {
    return await this.yes('spend_factor_try($1, $2)', [personId, at]);
  }

  async forgetTries(personId: string): Promise<void> {
    await this.dataSource.query('select forget_factor_tries($1)', [personId]);
  }

  private async yes(call: string, values: unknown[]): Promise<boolean> {
    const [row] = await this.dataSource.query<{ done: boolean }[]>(`select ${call} as done`, values);
    return row?.done === true;
  }
}
