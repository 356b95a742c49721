import { MSP } from '../../msp/msp.js';
import type { SandboxStore } from '../../kit/store.js';
import type { Ref } from '../documents.js';
import { INFO, OFFICES } from './setup.js';

const FIRST_MEMBER_ID = 171;

export function memberReference(identifier: string): Ref {
  const index = MSP.members.findIndex((member) => member.identifier === identifier);
  const member = MSP.members[index];
  if (!member) throw new Error(`nobody is called ${identifier}`);
  return { id: FIRST_MEMBER_ID + index, identifier, name: `${member.firstName} ${member.lastName}` };
}

export function seedMembers(store: SandboxStore): void {
  for (const member of MSP.members) {
    const { id } = memberReference(member.identifier);
    const office = ['mei', 'callum'].includes(member.identifier) ? OFFICES.au : OFFICES.us;
    store.put('member', id, {
      id,
      identifier: member.identifier,
      firstName: member.firstName,
      lastName: member.lastName,
      title: member.title,
      officeEmail: member.email,
      primaryEmail: member.email,
      licenseClass: 'F',
      inactiveFlag: false,
      adminFlag: member.identifier === 'owner',
      securityRole: { id: 1, name: member.identifier === 'owner' ? 'Admin' : 'Staff' },
      timeZone: { id: office.location.id, name: office.key === 'us' ? 'US Eastern' : 'AUS Eastern' },
      defaultLocation: office.location,
      defaultDepartment: { id: 10, identifier: 'Services', name: 'Services' },
      hireDate: '2019-03-04T00:00:00Z',
      defaultEmail: 'Office',
      defaultPhone: 'Office',
      customFields: [],
      _info: INFO,
    });
  }
}
