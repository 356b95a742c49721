/** Where in the markup the scanner stands: between tags, in a tag's head, or in one of its quoted attributes. */
export type MarkupState = 'text' | 'tag' | `attribute ${string}`;

/** Elements that lay out a document. Anything that could load, run, refresh or style stays outside. */
const ELEMENTS = new Set(
  (
    'a abbr address article aside b bdi blockquote br caption col colgroup dd del div dl dt em figcaption figure footer h1 h2 h3 h4 ' +
    'header hr i img ins li main ' +
    'mark ol p s section small span strong sub sup table tbody td tfoot th thead time tr u ul wbr'
  ).split(' '),
);
const ATTRIBUTES = new Set([
  'alt',
  'class',
  'colspan',
  'id',
  'lang',
  'rowspan',
  'scope',
  'src',
  'title',
  'aria-hidden',
  'aria-label',
  'role',
]);

/**
 * Reads the fixed text of a template as HTML, with values in between, and says where a value would land: as text or inside
 * a quoted attribute its escaping holds; anywhere else it would not.
 */
export class MarkupScanner {
  state: MarkupState = 'text';
  /** What stands in the tag or attribute so far. */
  private held = '';

  constructor(private readonly refuse: (line: number | undefined, reason: string) => never) {}

  /** A value is printed here. */
  value(line: number | undefined): void {
    if (this.state === 'tag') this.refuse(line, 'a value inside a tag must stand in a quoted attribute');
  }

  text(content: string, line: number | undefined): void {
    let at = line;
    for (const character of content) {
      this.read(character, at);
      if (character === '\n' && at !== undefined) at += 1;
    }
  }

  private read(character: string, line: number | undefined): void {
    if (this.state === 'text') this.inText(character, line);
    else if (this.state === 'tag') this.inTag(character, line);
    else this.inAttribute(character, line);
  }

  private inText(character: string, line: number | undefined): void {
    if (character === '>') this.refuse(line, '">" must be written as &gt;');
    if (character !== '<') return;
    this.state = 'tag';
    this.held = '';
  }

  private inTag(character: string, line: number | undefined): void {
    if (character === '<') this.refuse(line, '"<" must be written as &lt;');
    if (character === "'") this.refuse(line, 'attributes must stand in double quotes');
    if (character === '"') return this.openAttribute(line);
    if (character !== '>') {
      this.held += character;
      return;
    }
    this.closeTag(line);
    this.state = 'text';
  }

  private inAttribute(character: string, line: number | undefined): void {
    if (character === '<' || character === '>') this.refuse(line, `"${character}" must be escaped in an attribute`);
    if (character === '"') this.state = 'tag';
  }

  /** `held` is now the tag so far: 'td colspan=' on the first attribute, ' class=' after it. */
  private openAttribute(line: number | undefined): void {
    const name = /(?:^|\s)([a-z-]+)=$/.exec(this.held)?.[1];
    if (name === undefined || !ATTRIBUTES.has(name)) this.refuse(line, `the attribute "${name ?? this.held.trim()}" is not available`);
    this.held = this.held.replace(/\s*[a-z-]+=$/, '');
    this.state = `attribute ${name as string}`;
  }

  private closeTag(line: number | undefined): void {
    const tag = /^\/?([a-z][a-z0-9]*)\s*\/?$/.exec(this.held)?.[1];
    if (tag === undefined || !ELEMENTS.has(tag)) this.refuse(line, `<${this.held.trim()}> is not available`);
  }
}
