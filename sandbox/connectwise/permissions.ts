import type { Request } from 'express';
import { denied } from './errors.js';

/** Which right of the security role a path needs; the first that fits counts. */
const AREAS: readonly (readonly [RegExp, string])[] = [
  [/^\/finance\/invoices\/\d+\/payments/, 'payments'],
  [/^\/finance\/invoices\/\d+\/routings/, 'routings'],
  [/^\/finance\/(invoices|closedInvoices|info\/invoice)/, 'invoices'],
  [/^\/finance\/agreements/, 'agreements'],
  [/^\/finance\//, 'setup'],
  [/^\/time\//, 'time'],
  [/^\/expense\//, 'expenses'],
  [/^\/procurement\//, 'products'],
  [/^\/company\/contacts/, 'contacts'],
  [/^\/company\//, 'companies'],
  [/^\/system\/(info\/)?members/, 'members'],
  [/^\/system\/callbacks/, 'callbacks'],
  [/^\/system\/documents/, 'documents'],
  [/^\/system\/audittrail/, 'audittrail'],
  [/^\/system\/locations/, 'locations'],
];

/** `area`, `area:read` or `area:write`, where `*` is every area. */
export const DENIABLE: readonly string[] = ['*', ...new Set(AREAS.map(([, area]) => area))].flatMap((area) => [
  area,
  `${area}:read`,
  `${area}:write`,
]);

/** Throws the 403 when the sandbox was told to deny that area (`invoices`, `invoices:read`, `invoices:write`, `*`). */
export function checkPermission(request: Request, options: { denied: readonly string[] }): void {
  const area = AREAS.find(([path]) => path.test(request.path))?.[1];
  if (!area) return;
  const mode = request.method === 'GET' ? 'read' : 'write';
  const refused = [area, `${area}:${mode}`, '*', `*:${mode}`].some((name) => options.denied.includes(name));
  if (refused) throw denied(`${area}:${mode}`);
}
