import { MSP } from '../../kit/sandbox/msp.js';

/** The books of the Australian office. */
export const xeroDemo = { location: MSP.offices.au.name } as const;
