import { Column, PrimaryColumn } from 'typeorm';

/** Column decorators that name their SQL type, since `string | null` tells TypeORM nothing. */
export const Id = () => PrimaryColumn('uuid');
export const Uuid = () => Column('uuid');
export const OptionalUuid = () => Column('uuid', { nullable: true });
export const Text = () => Column('text');
export const OptionalText = () => Column('text', { nullable: true });
export const Instant = () => Column('timestamptz');
export const OptionalInstant = () => Column('timestamptz', { nullable: true });
export const CivilDay = () => Column('date');
export const OptionalCivilDay = () => Column('date', { nullable: true });
export const Whole = () => Column('integer');
export const OptionalWhole = () => Column('integer', { nullable: true });
export const Flag = () => Column('boolean');
export const Amount = () => Column('numeric');
export const Json = () => Column('jsonb');
export const OptionalJson = () => Column('jsonb', { nullable: true });
export const Bytes = () => Column('bytea');
export const OptionalBytes = () => Column('bytea', { nullable: true });
