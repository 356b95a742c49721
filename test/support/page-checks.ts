import type { Page } from 'puppeteer';

/** What is wrong with the page that is open, for people with a small screen, a keyboard or a screen reader; empty when nothing is. */
export async function pageProblems(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const problems: string[] = [];
    const shown = (element: Element) => element.getClientRects().length > 0;
    const short = (element: Element) => element.outerHTML.slice(0, 120);
    const nameOf = (element: Element) =>
      (element.getAttribute('aria-label') ?? element.textContent ?? '').trim() ||
      element.querySelector('[aria-label]')?.getAttribute('aria-label') ||
      element.getAttribute('title');

    if (document.documentElement.scrollWidth > window.innerWidth) {
      const wide = [...document.querySelectorAll('body *')].filter(
        (element) => shown(element) && element.getBoundingClientRect().right > window.innerWidth + 1,
      );
      problems.push(
        `scrolls sideways by ${document.documentElement.scrollWidth - window.innerWidth}px: ${wide.slice(0, 3).map(short).join(' ')}`,
      );
    }
    if (!document.documentElement.lang) problems.push('has no language');
    if (!document.title) problems.push('has no title');
    if ([...document.querySelectorAll('h1')].filter(shown).length > 1) problems.push('has several main headings');
    if (!document.querySelector('main')) problems.push('has no main part');
    for (const element of document.querySelectorAll('a[href], button')) if (!nameOf(element)) problems.push(`nameless: ${short(element)}`);
    for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), select, textarea')) {
      const labelled = field.labels?.length ?? 0;
      if (labelled === 0 && !field.getAttribute('aria-label')) problems.push(`without a label: ${short(field)}`);
    }
    for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) problems.push(`without a text: ${short(image)}`);
    for (const picture of document.querySelectorAll('svg'))
      if (picture.getAttribute('aria-hidden') !== 'true' && !picture.getAttribute('aria-label'))
        problems.push(`nameless: ${short(picture)}`);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) problems.push(`id used twice: ${id}`);
    for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]'))
      for (const attribute of ['aria-labelledby', 'aria-describedby', 'for'])
        for (const id of (element.getAttribute(attribute) ?? '').split(' ').filter(Boolean))
          if (!document.getElementById(id)) problems.push(`${attribute} points nowhere: ${short(element)}`);
    return problems;
  });
}
