import { readFileSync } from 'node:fs';
import { MSP } from '../msp/msp.js';

/** Drawn as shapes: inside a picture no font of the app is there. Beside the sources, where the compiler leaves it. */
const LOGO = new URL('../../demo/lumen-logo.svg', import.meta.url);
const { us, au } = MSP.offices;

/** What the MSP types into the brand form for its documents everywhere. */
export function brandEverywhere(): FormData {
  const form = formOf({
    sellerName: us.legalName,
    addressLines: `${us.addressLine1}\n${us.city}, ${us.state} ${us.postcode}`,
    phone: us.phone,
    email: 'billing@lumen.example',
    website: 'lumen.example',
    accent: '#0f6b66',
    paymentInstructions:
      'Please pay by ACH to First Harbor Bank, routing 063100277, account 4820 1193.\nWrite the invoice number with your payment.',
  });
  form.set('logo', new Blob([readFileSync(LOGO)], { type: 'image/svg+xml' }), 'lumen-logo.svg');
  return form;
}

/** What differs at the Australian office. @param location the PSA's id of it */
export function brandOfMelbourne(location: string): FormData {
  return formOf({
    location,
    sellerName: au.legalName,
    addressLines: `${au.addressLine1}\n${au.city} ${au.state} ${au.postcode}`,
    taxIdLabel: 'ABN',
    taxId: '51 824 753 556',
    phone: au.phone,
    paymentInstructions: 'Please pay by EFT to Yarra Bank, BSB 083-004, account 73 190 2284.\nWrite the invoice number with your payment.',
  });
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}
