import { AuditExport } from './audit-export.js';
import { AuditReading } from './audit-reading.js';
import { ConnectionReading } from './connection-reading.js';
import { Inbox } from './inbox.js';
import { InvoiceReading } from './invoice-reading.js';
import { PostingReading } from './posting-reading.js';
import { SyncDesk } from './sync-desk.js';
import { Systems } from './systems.js';
import { Workplace } from './workplace.js';

/** The services of this folder; they need the storage module and CONNECTOR_DESCRIPTORS. */
export const READERS = [Inbox, InvoiceReading, PostingReading, ConnectionReading, AuditReading, AuditExport, SyncDesk, Systems, Workplace];
