import { MSP } from '../../kit/sandbox/msp.js';

/** The books of the US office. */
export const quickbooksDemo = { location: MSP.offices.us.name } as const;
