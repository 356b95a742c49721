/** The company and the API member that the invented PSA knows; any non-empty `clientId` header is accepted. */
export const SANDBOX_COMPANY = 'lumenit';
export const SANDBOX_PUBLIC_KEY = 'sandboxpublic';
export const SANDBOX_PRIVATE_KEY = 'sandboxprivate';
/** What a person types into the connect form. The site is a name only: in the sandbox every call goes to the sandbox. */
export const PSA_LOGIN = {
  site: 'na.myconnectwise.net',
  companyId: SANDBOX_COMPANY,
  publicKey: SANDBOX_PUBLIC_KEY,
  privateKey: SANDBOX_PRIVATE_KEY,
} as const;
/** Ends with a slash, as the lookup answers it. */
export const SANDBOX_CODEBASE = 'v2025_1/';
export const SANDBOX_VERSION = '2025.1';
/** Who `_info.updatedBy` names when a change came through the API. */
export const API_MEMBER = 'cwapi';
