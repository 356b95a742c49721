/** A form as a browser sends it when one of its buttons is pressed. */
export interface PressedForm {
  target: URL;
  isPost: boolean;
  fields: URLSearchParams;
}

/**
 * The page's first form, sent by the button with this value, or by its first.
 * @throws Error when the page has no such form
 */
export function pressedForm({ url, html }: { url: string; html: string }, value?: string): PressedForm {
  const form = /<form\b[^>]*>([\s\S]*?)<\/form>/i.exec(html);
  const buttons = [...(form?.[1] ?? '').matchAll(/<button\b[^>]*>/gi)].map(([tag]) => tag);
  const button = value === undefined ? buttons[0] : buttons.find((tag) => attribute(tag, 'value') === value);
  if (!form || button === undefined) throw new Error(`The page at ${new URL(url).origin} has no form with a button ${value ?? ''}`.trim());
  const inputs = [...(form[1] ?? '').matchAll(/<input\b[^>]*>/gi)].map(([tag]) => tag);
  return {
    target: new URL(attribute(form[0], 'action') || url, url),
    isPost: attribute(form[0], 'method').toLowerCase() === 'post',
    fields: new URLSearchParams([...inputs, button].map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')])),
  };
}

/**
 * Opens a consent page of the sandbox, presses its first button as a browser would, and answers where it leads.
 * @throws Error when the page has no form or sends nobody anywhere
 */
export async function pressFirstButton(address: string): Promise<URL> {
  const page = await fetch(address);
  const { target, fields } = pressedForm({ url: address, html: await page.text() });
  const answer = await fetch(target, { method: 'POST', body: fields, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`The consent page at ${new URL(address).origin} leads nowhere (status ${answer.status})`);
  return new URL(location, address);
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(`^[^>]*?\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1] ?? '';
  return value.replace(/&(?:#(\d+)|amp|lt|gt|quot);/g, (entity, code?: string) =>
    code === undefined ? (NAMED[entity] ?? entity) : String.fromCodePoint(Number.parseInt(code, 10)),
  );
}

const NAMED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
