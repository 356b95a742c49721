/** Secrets with names, and where they turn up. */
export class Canaries {
  private readonly secrets: { name: string; value: string }[] = [];

  /** Values shorter than six characters would be found in anything. */
  add(name: string, value: string | undefined): void {
    if (value === undefined || value.length < 6) return;
    if (!this.secrets.some((known) => known.name === name && known.value === value)) this.secrets.push({ name, value });
  }

  names(): string[] {
    return [...new Set(this.secrets.map(({ name }) => name))].toSorted();
  }

  /** @returns the names of the secrets that stand in the text, in any of the spellings that programs give them */
  in(text: string): string[] {
    const found = this.secrets.filter(({ value }) => spellings(value).some((spelling) => stands(spelling, text)));
    return [...new Set(found.map(({ name }) => name))];
  }
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  // Without the last group, which depends on what follows.
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  const encoded = value.length < 12 ? [] : [whole.toString('base64'), whole.toString('base64url'), bytes.toString('hex')];
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...encoded];
}

/** Figures are a secret only as a whole: six of them stand in the middle of many a longer number. */
function stands(spelling: string, text: string): boolean {
  if (!/^\d+$/.test(spelling)) return text.includes(spelling);
  return new RegExp(`(?<![0-9A-Za-z.-])${spelling}(?![0-9A-Za-z.-])`).test(text);
}
