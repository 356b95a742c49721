import type { EntityName } from './entities/entity.js';

/**
 * What specs read of the JSON on the wire. Each kind of entity has some of these fields and each answer some of these parts:
 * one that is missing is undefined, and fails the expectation that reads it.
 */
export interface WireEntity {
  Id: string;
  SyncToken: string;
  MetaData: { CreateTime: string };
  /** Only of a deleted one. */
  status?: string;
  DocNumber: string;
  DueDate: string;
  TotalAmt: number;
  Balance: number;
  UnappliedAmt: number;
  RemainingCredit: number;
  PrivateNote: string;
  DisplayName: string;
  FileName: string;
  Line: WireLine[];
  TxnTaxDetail: { TotalTax: number; TaxLine: { Amount: number }[] };
  AttachableRef: { EntityRef: { type: string; value: string } }[];
}

interface WireLine {
  Id?: string;
  DetailType: string;
  SalesItemLineDetail?: { TaxCodeRef: { value: string } };
}

interface WireTokens {
  access_token: string;
  refresh_token: string;
  x_refresh_token_hard_expires_in: number;
  /** Instead of all others. */
  error: string;
}

type WireQueryResponse = { [K in EntityName]: WireEntity[] } & { totalCount: number };

export interface WireBody extends Record<EntityName, WireEntity>, WireTokens {
  QueryResponse: WireQueryResponse;
  CDCResponse: { QueryResponse: WireQueryResponse[] }[];
  time: string;
  BatchItemResponse: WireBody[];
  AttachableResponse: WireBody[];
  CompanyInfo: { CompanyName: string };
  Preferences: { SalesFormsPrefs: { CustomTxnNumbers: boolean } };
  /** The service's refusal. */
  Fault?: { type: string; Error: { code: string; Detail: string }[] };
  /** The gateway's refusal. */
  fault?: { type: string; error: { code: string }[] };
}
