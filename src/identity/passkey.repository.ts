import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface StoredPasskey {
  credentialId: string;
  name: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** Passkeys of people, who are global: only through functions that ask for a person that a session named. */
@Injectable()
export class PasskeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. */
  async of(personId: string): Promise<StoredPasskey[]> {
    const rows = await this.dataSource.query<(Omit<StoredPasskey, 'counter'> & { counter: string })[]>(
      `select credential_id as "credentialId", name, public_key as "publicKey", counter, transports, created_at as "createdAt",
         last_used_at as "lastUsedAt" from passkeys_of($1)`,
      [personId],
    );
    return rows.map((row) => ({ ...row, counter: Number.parseInt(row.counter, 10) }));
  }

  /** True once for each challenge. */
  async spendChallenge(personId: string, challenge: string, at: Date): Promise<boolean> {
    return await this.yes('spend_challenge($1, $2, $3)', [personId, challenge, at]);
  }

  /** False when it is somebody's already, or the person has as many as there may be. */
  async add(personId: string, key: Omit<StoredPasskey, 'createdAt' | 'lastUsedAt'>, at: Date): Promise<boolean> {
    const { credentialId, name, publicKey, counter, transports } = key;
    const values = [personId, credentialId, name, publicKey, counter, transports, at];
    return await this.yes('add_passkey($1, $2, $3, $4, $5, $6, $7)', values);
  }

  /** False when it is gone, or its counter did not go on: then somebody has a copy. */
  async use(personId: string, credentialId: string, counter: number, at: Date): Promise<boolean> {
    return await this.yes('use_passkey($1, $2, $3, $4)', [personId, credentialId, counter, at]);
  }

  async rename(personId: string, credentialId: string, name: string): Promise<boolean> {
    return await this.yes('rename_passkey($1, $2, $3)', [personId, credentialId, name]);
  }

  async remove(personId: string, credentialId: string): Promise<boolean> {
    return await this.yes('remove_passkey($1, $2)', [personId, credentialId]);
  }

  private async yes(call: string, values: unknown[]): Promise<boolean> {
    const [row] = await this.dataSource.query<{ done: boolean }[]>(`select ${call} as done`, values);
    return row?.done === true;
  }
}
