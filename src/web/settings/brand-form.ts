import { z } from 'zod';
import type { BrandDetails, BrandValues } from '../../billing/documents/brand-values.js';

const line = (longest: number) => z.string().max(longest).default('');

/** The brand form as it was typed. Picture and scope come along. */
export const brandForm = z.object({
  location: z.string().max(100).default(''),
  sellerName: line(120),
  addressLines: line(400),
  taxIdLabel: line(20),
  taxId: line(60),
  phone: line(60),
  email: line(254),
  website: line(200),
  accent: line(7),
  paymentInstructions: line(1_000),
  footer: line(200),
  removeLogo: z.string().optional(),
});
export type BrandForm = z.infer<typeof brandForm>;

/** @param picture the bytes that were uploaded with the form, if any */
export function brandValues(form: BrandForm, picture: Buffer | undefined): BrandValues {
  const { location, removeLogo, addressLines, ...texts } = form;
  const details: BrandDetails = { ...texts, addressLines: lines(addressLines) };
  const logo = picture !== undefined && picture.length > 0 ? picture : removeLogo !== undefined ? null : undefined;
  return { ...(location !== '' && { location }), details, ...(logo !== undefined && { logo }) };
}

/** Browsers send line breaks of forms as CR LF; the document knows LF. */
function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}
