import type { Request } from 'express';
import type { Theme } from './shell-view.js';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

/** The person's choice travels in a cookie that the page's script writes, so that the first paint is right already. */
export function themeOf(request: Request): Theme {
  const chosen = /(?:^|;\s*)theme=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  return THEMES.find((theme) => theme === chosen) ?? 'auto';
}
