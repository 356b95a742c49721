import { describe, expect, it } from 'vitest';
import { STREAMS, takersOfResponse } from './house/page-answers.js';
import { typescriptIn } from './house/source-files.js';

const controllers = typescriptIn('src/web').filter(({ path }) => path.endsWith('.controller.ts'));

describe('a page', () => {
  it('is what its handler returns; only streams write the response themselves', () => {
    expect(controllers.length).toBeGreaterThan(30);
    const takers = controllers.flatMap(takersOfResponse);
    expect(takers.filter(({ handler }) => !(handler in STREAMS)).map(({ problem }) => problem)).toEqual([]);
    // Nobody stays on the list who has stopped streaming.
    expect(takers.map(({ handler }) => handler).toSorted()).toEqual(Object.keys(STREAMS).toSorted());
  });

  it.each([
    ['@Res() response: Response', ['src/web/a.controller.ts:4: show takes @Res(), and answers nothing']],
    ['@Next() next: NextFunction', ['src/web/a.controller.ts:4: show takes @Next(), and answers nothing']],
    ['@Res({ passthrough: true }) response: Response', []],
  ])('would be seen not to be with %s', (parameter, problems) => {
    const text = `class A {\n  other() {}\n  async show(\n    ${parameter},\n  ) {}\n}`;
    expect(takersOfResponse({ path: 'src/web/a.controller.ts', text }).map(({ problem }) => problem)).toEqual(problems);
  });
});
