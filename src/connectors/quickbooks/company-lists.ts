import { ListDirectory } from './list-directory.js';
import { customerRow, itemRow, rowsOf, type CustomerRow, type ItemRow } from './types.js';

/** What is kept of one company between two runs of work. */
export interface CompanyLists {
  customers: ListDirectory<CustomerRow>;
  items: ListDirectory<ItemRow>;
}

export function companyLists(): CompanyLists {
  return {
    customers: new ListDirectory((client, criteria) =>
      client.read('customers', rowsOf('Customer', customerRow), (sdk, done) => sdk.findCustomers(criteria, done)),
    ),
    items: new ListDirectory((client, criteria) =>
      client.read('items', rowsOf('Item', itemRow), (sdk, done) => sdk.findItems(criteria, done)),
    ),
  };
}
