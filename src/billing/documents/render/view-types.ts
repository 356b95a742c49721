import type { Marker } from './line-marker.js';

/**
 * What the template sees: finished text and nothing else. Every field is always there (null when there is nothing to
 * say), because templates are strict and a misspelt name must fail instead of printing a gap.
 */
export interface PrintedInvoiceView {
  seller: SellerView;
  title: string;
  number: string;
  kind: string | null;
  total: string;
  totalLabel: string;
  totalMarker: Marker;
  due: { label: string; amount: string; note: string };
  billTo: PartyView;
  shipTo: PartyView | null;
  facts: FactView[];
  topComment: string | null;
  bottomComment: string | null;
  sections: SectionView[];
  /** Null when there is nothing between the lines and the total. */
  subtotal: string | null;
  taxes: { label: string; amount: string }[];
  /** 'Amount due as of 2 Nov 2026'; null when no money is asked for. */
  asOf: { label: string; amount: string } | null;
  paymentInstructions: string | null;
  detail: DetailView | null;
}

export interface SellerView {
  name: string;
  logo: string | null;
  lines: string[];
  contact: string[];
}

export interface PartyView {
  name: string;
  lines: string[];
}

export interface FactView {
  label: string;
  value: string;
  /** Numbers that people read out letter by letter. */
  code: boolean;
}

/** One table of the main page. */
export interface SectionView {
  title: string;
  quantityLabel: string;
  priceLabel: string;
  /** Whether a column of covered hours stands before the quantity. */
  covered: boolean;
  groups: GroupView[];
  /** Null when another figure says it already: the total, or the section's only line. */
  total: string | null;
}

export interface GroupView {
  heading: HeadingView | null;
  rows: RowView[];
}

export interface HeadingView {
  code: string | null;
  text: string;
}

export interface RowView {
  /** Null for rows that sum up several lines. */
  marker: Marker | null;
  text: string;
  note: string | null;
  code: string | null;
  covered: string | null;
  quantity: string | null;
  price: string | null;
  amount: string;
  /** 'No charge' and the like, set more quietly than an amount. */
  quiet: boolean;
  children: { marker: Marker; text: string; quantity: string | null }[];
}

/** The appended time detail. */
export interface DetailView {
  period: string;
  /** Hides rate and amount for work at a fixed price. */
  priced: boolean;
  columns: number;
  groups: DetailGroupView[];
  hours: string;
  /** Null when no agreement covers any of it: the column is then left out. */
  covered: string | null;
  amount: string;
}

export interface DetailGroupView {
  heading: HeadingView | null;
  entries: DetailEntryView[];
  subtotal: { hours: string; covered: string | null; amount: string } | null;
}

export interface DetailEntryView {
  marker: Marker;
  date: string;
  person: string;
  role: string | null;
  notes: string;
  /** Too long to be kept on one page. */
  long: boolean;
  /** Null when an agreement covers all of it. */
  hours: string | null;
  covered: string | null;
  rate: string | null;
  amount: string;
  quiet: boolean;
}
