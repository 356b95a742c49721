import type { NestExpressApplication } from '@nestjs/platform-express';

export interface ServedRoute {
  method: string;
  /** As Express has it: '/invoices/:id/approval'. */
  pattern: string;
  /** With its parameters filled in. */
  path: string;
  parameters: string[];
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

const ID = '01900000-0000-7000-8000-000000000000';

/** Every route that the running application serves, as its own router lists them: what comes later is in it by itself. */
export function servedRoutes(app: NestExpressApplication): ServedRoute[] {
  const { router } = app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
  return router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods)
          .filter((method) => method !== '_all')
          .map((method) => ({
            method: method.toUpperCase(),
            pattern: route.path,
            path: filled(route.path),
            parameters: [...route.path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => name),
          })),
  );
}

function filled(pattern: string): string {
  return pattern
    .replaceAll(/\{\*\w+\}|\*\w+/g, 'x')
    .replaceAll(/:connector\b/g, 'xero')
    .replaceAll(/:[A-Za-z]+/g, ID);
}
