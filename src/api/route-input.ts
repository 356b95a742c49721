import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { z } from 'zod';

const PLACES = { query: RouteParamtypes.QUERY, params: RouteParamtypes.PARAM, body: RouteParamtypes.BODY } as const;
export type InputPlace = keyof typeof PLACES;

/** The schema by which a handler's parameter is read, as given to @Query, @Param or @Body: the description cannot say anything else. */
export function inputSchema(controller: object, handler: string, place: InputPlace): z.ZodObject | undefined {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<string, { schema?: unknown }>;
  const key = Object.keys(args).find((one) => one.startsWith(`${PLACES[place]}:`));
  const schema = key === undefined ? undefined : args[key]?.schema;
  if (schema === undefined) return undefined;
  if (!(schema instanceof z.ZodObject)) throw new Error(`${handler}: the ${place} of a handler is described by an object`);
  return schema;
}
