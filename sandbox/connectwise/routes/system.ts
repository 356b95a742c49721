import type { Doc } from '../documents.js';
import type { Endpoints } from '../endpoints.js';
import { badRequest } from '../errors.js';
import * as models from '../models.js';
import { readParameters } from '../query.js';

export function systemRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const members = () => psa.store.all<Doc>('member');
  endpoints.on('get', '/system/info', (request, response) => {
    readParameters(request, []);
    response.json({
      version: 'v2025.1.12345',
      isCloud: true,
      serverTimeZone: 'Eastern Standard Time',
      licenseBits: [{ name: 'PSA', activeFlag: true }],
      cloudRegion: 'NA',
      maxWorkFlowRecordsAllowed: 2_000,
    });
  });
  endpoints.read('/system/info/members', models.MemberInfo, () => members().map(lightMember));
  endpoints.read('/system/members', models.Member, members, (row, wanted) => same(row.id, wanted) || same(row['identifier'], wanted));
  endpoints.read('/system/locations', models.Location, () => psa.store.all('location'));
  endpoints.on('get', '/system/audittrail', (request, response) => {
    if (request.header('pagination-type')) throw badRequest('Forward-only pagination is not supported on the audit trail.');
    const { type, id } = request.query;
    if (typeof type !== 'string' || typeof id !== 'string') throw badRequest('type and id are required.');
    const rows = psa.store.all<Doc>('audit').filter((row) => row['type'] === type && String(row['recordId']) === id);
    endpoints.list(request, response, models.AuditTrailEntry, rows, ['type', 'id']);
  });
}

const same = (value: unknown, wanted: string): boolean => String(value).toLowerCase() === wanted.toLowerCase();

function lightMember(member: Doc): Doc {
  const { id, identifier, firstName, lastName, licenseClass, inactiveFlag } = member;
  const fullName = `${String(firstName)} ${String(lastName)}`;
  return { id, identifier, firstName, lastName, fullName, defaultEmail: member['primaryEmail'], licenseClass, inactiveFlag };
}
