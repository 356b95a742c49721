import type { Permission } from '../../domain/role.js';
import type { Request } from 'express';

export type Theme = 'auto' | 'light' | 'dark';

/** A colour that means something; absent where nothing needs attention. */
export type Tone = 'accent' | 'error' | 'warning' | 'good';

export interface Link {
  label: string;
  href: string;
}

/** A short-lived message at the edge of the page. */
export interface ToastView {
  text: string;
  tone?: Tone;
  /** Offered for `seconds`, then gone: DELETE to `href` takes the action back. */
  undo?: { href: string; seconds: number; target: string };
}

/** Work that takes a while. The line asks `href` again every two seconds until `state` is no longer running. */
export interface ProgressView {
  id: string;
  href: string;
  /** 'Reading invoices from Harbor PSA' */
  label: string;
  done: number;
  /** Absent while nobody can count. */
  total?: number;
  /** '12 per second, 20 s left' */
  rate?: string;
  /** Who may stop it gets an address to DELETE. */
  stopHref?: string;
}

/** What stands around every page of a signed-in person. */
export interface ShellView {
  title: string;
  section: 'invoices' | 'postings' | 'connections' | 'settings' | 'none';
  theme: Theme;
  tenant: { id: string; name: string; currency: string; timeZone: string };
  /** All tenants of this person, the present one included. */
  tenants: { id: string; name: string; roleLabel: string; current: boolean }[];
  person: { name: string; email: string; initials: string; roleLabel: string };
  permissions: readonly Permission[];
  /** The system invoices come from, once it is connected. */
  source?: { label: string };
  counts: { toReview: number; refusedPostings: number; unwellConnections: number };
  /** Present in sandbox mode: the pages of the pretended vendors, the mailbox. */
  sandbox?: { links: Link[] };
  /** Present while nothing is sent to any ledger. */
  postingStop?: { by: string; at: string };
  /** Present while somebody of the operator may come in. */
  support?: { operator: string; roleLabel: string; until: string; entered: boolean; you: boolean }[];
  /** Present while the company is to be erased. */
  erasure?: { by: string; at: string; hasBegun: boolean };
  toasts: ToastView[];
}

/** Around the pages before sign-in and around errors. */
export interface PlainShellView {
  title: string;
  theme: Theme;
  sandbox?: { links: Link[] };
}

export interface StatePill {
  label: string;
  tone?: Tone;
}

export interface ChoiceView {
  label: string;
  value: string;
  current: boolean;
}

/** Builds what stands around every page of a signed-in person. */
export abstract class ShellViews {
  /** @param request behind the access guard */
  abstract of(request: Request, page: Pick<ShellView, 'title' | 'section'> & Partial<Pick<ShellView, 'toasts'>>): Promise<ShellView>;
}
