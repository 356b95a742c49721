import { SANDBOX_COMPANY, SANDBOX_PRIVATE_KEY, SANDBOX_PUBLIC_KEY } from './constants.js';

/** The keys of the invented company's API member. The site is a name only: in the sandbox every call goes to the sandbox. */
export const connectwiseDemo = {
  values: { site: 'na.myconnectwise.net', companyId: SANDBOX_COMPANY, publicKey: SANDBOX_PUBLIC_KEY, privateKey: SANDBOX_PRIVATE_KEY },
} as const;
