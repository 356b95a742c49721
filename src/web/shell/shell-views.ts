import type { Request } from 'express';
import type { ShellView } from './shell-view.js';

/** Builds what stands around every page of a signed-in person. */
export abstract class ShellViews {
  /** @param request behind the access guard */
  abstract of(request: Request, page: Pick<ShellView, 'title' | 'section'> & Partial<Pick<ShellView, 'toasts'>>): Promise<ShellView>;
}
