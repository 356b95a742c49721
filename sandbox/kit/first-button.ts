/**
 * Opens a consent page of the sandbox, presses its first button as a browser would, and answers where it leads.
 * @throws Error when the page has no form or sends nobody anywhere
 */
export async function pressFirstButton(address: string): Promise<URL> {
  const page = await fetch(address);
  const html = await page.text();
  const form = /<form\b[^>]*>([\s\S]*?)<\/form>/i.exec(html);
  const button = /<button\b[^>]*>/i.exec(form?.[1] ?? '')?.[0];
  if (!form || !button) throw new Error(`The consent page at ${new URL(address).origin} has no form (status ${page.status})`);
  const fields = [...(form[1] ?? '').matchAll(/<input\b[^>]*>/gi)].map(([tag]) => tag);
  const body = new URLSearchParams([...fields, button].map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]));
  const answer = await fetch(new URL(attribute(form[0], 'action') || address, address), { method: 'POST', body, redirect: 'manual' });
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
