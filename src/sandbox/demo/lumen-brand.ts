import { readFile } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { LogoReader } from '../../billing/documents/logo-reader.js';
import { MSP } from '../../connectors/kit/sandbox/msp.js';
import { BrandEntity, type BrandData } from '../../billing/documents/brand.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** Drawn as shapes: inside a picture no font of ours is there. */
const LOGO = new URL('../../../templates/sandbox/lumen-logo.svg', import.meta.url);

/** The invented MSP's own look, set once; what people change afterwards stays. */
export async function lumenBrand(app: INestApplicationContext, tenantId: string): Promise<void> {
  const tx = app.get(TenantTransaction);
  const logo = await app.get(LogoReader, { strict: false }).read(tenantId, await readFile(LOGO));
  await tx.run(tenantId, async () => {
    const brand = await tx.rows(BrandEntity).findOneByOrFail({ tenantId });
    if (brand.version > 1 || brand.data.accent) return;
    await tx.rows(BrandEntity).update({ tenantId }, { data: BRAND, logo: logo.bytes, logoType: logo.type, version: 2 });
  });
}

const { us, au } = MSP.offices;

const BRAND: BrandData = {
  sellerName: us.legalName,
  addressLines: [us.addressLine1, `${us.city}, ${us.state} ${us.postcode}`],
  phone: us.phone,
  email: 'billing@lumen.example',
  website: 'lumen.example',
  accent: '#0f6b66',
  paymentInstructions:
    'Please pay by ACH to First Harbor Bank, routing 063100277, account 4820 1193.\nWrite the invoice number with your payment.',
  locations: {
    '2': {
      sellerName: au.legalName,
      addressLines: [au.addressLine1, `${au.city} ${au.state} ${au.postcode}`],
      taxIdLabel: 'ABN',
      taxId: '51 824 753 556',
      phone: au.phone,
      paymentInstructions:
        'Please pay by EFT to Yarra Bank, BSB 083-004, account 73 190 2284.\nWrite the invoice number with your payment.',
    },
  },
};
