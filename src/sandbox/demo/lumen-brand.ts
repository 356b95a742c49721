import type { INestApplicationContext } from '@nestjs/common';
import { MSP } from '../../connectors/kit/sandbox/msp.js';
import { BrandRow, type BrandData } from '../../storage/rows/tenant-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 176 40" width="176" height="40"><g fill="none" stroke="#0f6b66" stroke-width="3" stroke-linecap="round"><circle cx="20" cy="20" r="7" fill="#0f6b66" stroke="none"/><path d="M20 4v4M20 32v4M4 20h4M32 20h4M8.7 8.7l2.8 2.8M28.5 28.5l2.8 2.8M8.7 31.3l2.8-2.8M28.5 11.5l2.8-2.8"/></g><text x="46" y="28" font-family="Source Sans 3, Helvetica, Arial, sans-serif" font-size="24" font-weight="600" fill="#17323a">Lumen IT</text></svg>`;

/** The invented MSP's own look, set once; what people change afterwards stays. */
export async function lumenBrand(app: INestApplicationContext, tenantId: string): Promise<void> {
  const tx = app.get(TenantTransaction);
  await tx.run(tenantId, async () => {
    const brand = await tx.rows(BrandRow).findOneByOrFail({ tenantId });
    if (brand.version > 1 || brand.data.accent) return;
    await tx.rows(BrandRow).update({ tenantId }, { data: BRAND, logo: Buffer.from(LOGO), logoType: 'image/svg+xml', version: 2 });
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
