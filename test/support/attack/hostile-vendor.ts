import type { RunningSandbox } from '../../../sandbox/kit/server.js';

/** An element that no template of ours writes. Where one stands in a page, a vendor's text became markup. */
export const PLANTED_ELEMENT = 'x-planted';
const PAYLOAD = `"><${PLANTED_ELEMENT} onmouseover=alert(1)></${PLANTED_ELEMENT}>'{{constructor}}\${7*7}`;
/** What people and vendors type freely; codes, types and states that the product compares are left alone. */
const FREE_TEXT =
  /^(name|description|notes|internalNotes|summary|topComment|bottomComment|invoiceDescription|reference|customerPO|attention|addressLine\d|addressOne|addressTwo|siteName|city|caption|invoiceCaption|invoiceFooter|title|firstName|lastName|customerDescription|serialNumber|workTypeName|companyName|contactName|.*AddressLine\d|.*City|DisplayName|CompanyName|Name|Description)$/;
/** Looked up by name, so that a changed one is another thing and not a hostile one. */
const KEPT_KINDS = /status|currenc|tax|account|rate/i;

/** Puts markup, template and formula tricks into every free text of everything the vendor holds. @returns how many texts */
export function makeHostile(sandbox: RunningSandbox, kinds: readonly string[]): number {
  let planted = 0;
  const change = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => change(one));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner, name)]));
    if (typeof value !== 'string' || value === '' || !FREE_TEXT.test(key)) return value;
    planted += 1;
    return `=1+1 ${value}${PAYLOAD}`;
  };
  for (const kind of kinds.filter((one) => !KEPT_KINDS.test(one))) {
    for (const record of sandbox.store.all<{ id?: number; Id?: string }>(kind)) {
      const id = record.id ?? record.Id;
      if (id !== undefined) sandbox.store.put(kind, id, change(record));
    }
  }
  return planted;
}
