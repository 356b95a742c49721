import { renderSVG } from 'uqr';
import Handlebars, { type HelperOptions } from 'handlebars';
import type { AssetLibrary } from '../asset-library.js';
import type { Permission } from '../../domain/role.js';
import type { ShellView } from '../shell/shell-view.js';
import { civilDateText, instantText, type DateText } from './date-text.js';
import { iconSvg } from './icons.js';
import { figures, formatMoney, ownSymbol, type MoneyView } from './money-text.js';

const { SafeString, escapeExpression: escape } = Handlebars;

interface Frame {
  root: { shell?: ShellView };
  now: Date;
}

/** What templates may do beyond showing fields. `options.data.now` is the page's one present moment. */
export function registerHelpers(handlebars: typeof Handlebars, assets: AssetLibrary): void {
  handlebars.registerHelper({
    eq: (a: unknown, b: unknown) => a === b,
    not: (a: unknown) => !isTrue(a),
    and: (...values: unknown[]) => values.slice(0, -1).every(isTrue),
    or: (...values: unknown[]) => values.slice(0, -1).some(isTrue),
    asset: (name: string) => assets.url(name),
    json: (value: unknown) => JSON.stringify(value),
    grouped: (value: number) => value.toLocaleString('en-US'),
    plural: (count: number, one: string, many: string) => `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`,
    may: (permission: Permission, options: HelperOptions) => frame(options).root.shell?.permissions.includes(permission) ?? false,
    qr: (text: string) => new SafeString(renderSVG(text, { border: 2 })),
    icon: (name: string, options: HelperOptions) => new SafeString(iconSvg(name, options.hash['label'] as string | undefined)),
    money: (value: MoneyView, options: HelperOptions) => money(value, homeCurrency(options)),
    moneyText: (value: MoneyView, options: HelperOptions) => formatMoney(value, homeCurrency(options)),
    date: (value: string, options: HelperOptions) => timeTag(value, instantText(value, frame(options).now, timeZone(options))),
    dateText: (value: string, options: HelperOptions) => instantText(value, frame(options).now, timeZone(options)).text,
    civilDate: (value: string, options: HelperOptions) => timeTag(value, civilDateText(value, frame(options).now, timeZone(options))),
  });
}

function money(value: MoneyView, home: string): Handlebars.SafeString {
  const text =
    value.currency === home
      ? escape(ownSymbol(value))
      : `<span class="currency">${escape(value.currency)}</span> ${escape(figures(value))}`;
  return new SafeString(`<span class="money">${text}</span>`);
}

function timeTag(machine: string, words: DateText): Handlebars.SafeString {
  return new SafeString(`<time datetime="${escape(machine)}" title="${escape(words.full)}">${escape(words.text)}</time>`);
}

function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function frame(options: HelperOptions): Frame {
  return options.data as Frame;
}

function homeCurrency(options: HelperOptions): string {
  return frame(options).root.shell?.tenant.currency ?? '';
}

function timeZone(options: HelperOptions): string {
  return frame(options).root.shell?.tenant.timeZone ?? 'utc';
}
