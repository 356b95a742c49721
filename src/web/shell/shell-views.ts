import type { Caller } from '../../identity/caller.js';
import type { ShellView } from './shell-view.js';

/** Builds what stands around every page of a signed-in person. */
export abstract class ShellViews {
  abstract of(caller: Caller, page: Pick<ShellView, 'title' | 'section'>): Promise<ShellView>;
}
