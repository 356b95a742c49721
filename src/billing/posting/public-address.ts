/** Injection token: where people reach us, without a trailing slash; stands in documents at the ledger. */
export const PUBLIC_ADDRESS = Symbol('public address');
