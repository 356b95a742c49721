import * as connections from './connection-rows.js';
import * as identities from './identity-rows.js';
import * as invoices from './invoice-rows.js';
import * as lifecycle from './lifecycle-rows.js';
import * as postings from './posting-rows.js';
import * as support from './support-rows.js';
import * as tenants from './tenant-rows.js';

/** Every row class, for the data source. */
export const ROWS = [tenants, identities, connections, invoices, postings, lifecycle, support].flatMap((module) => Object.values(module));
