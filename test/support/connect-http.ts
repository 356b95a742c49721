import { Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { CONNECTORS } from '../../src/connectors/index.js';
import type { Role } from '../../src/domain/role.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { VendorEnvironmentModule } from '../../src/platform/config/vendor-environment.module.js';
import { configureHttp } from '../../src/platform/http/configure-http.js';
import { freePort } from '../../src/platform/process/free-port.js';
import { signIn } from './attack/full-tenant.js';
import { dataModules } from './data-modules.js';
import { AssetLibrary } from '../../src/web/asset-library.js';
import { ConnectModule } from '../../src/web/connect/connect.module.js';
import { type ShellView, ShellViews } from '../../src/web/shell/shell-view.js';
import { ViewEngine } from '../../src/web/view-engine.js';
import { WebhooksModule } from '../../src/web/webhooks/webhooks.module.js';
import type { TestDatabase } from './database.js';
import { aShell } from './gallery/shell-fixture.js';
import { KEYS, type RunningVendors } from './vendors.js';

class InventedShells extends ShellViews {
  override of(_caller: unknown, page: Pick<ShellView, 'title' | 'section'>): Promise<ShellView> {
    return Promise.resolve(aShell(page));
  }
}

const views = new ViewEngine({ assets: new AssetLibrary(), clock: { now: () => new Date() }, production: true });

@Global()
@Module({
  providers: [
    { provide: ViewEngine, useValue: views },
    { provide: ShellViews, useClass: InventedShells },
  ],
  exports: [ViewEngine, ShellViews],
})
class PagesModule {}

/** Connect pages and webhooks over HTTP, before the invented vendors. Close it with `app.close()`. */
export async function startConnectHttp(
  database: TestDatabase,
  vendors: Pick<RunningVendors, 'environment'>,
): Promise<{ app: NestExpressApplication; url: string }> {
  const port = await freePort();
  const config = loadConfig(
    {
      SANDBOX: 'on',
      PORT: String(port),
      COUNTERSIGN_KEYS: KEYS,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...vendors.environment,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.of(config),
      VendorEnvironmentModule.of(config),
      ...dataModules(database),
      PagesModule,
      IdentityModule,
      ConnectModule,
      WebhooksModule,
    ],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ rawBody: true, bodyParser: false, logger: false });
  configureHttp(app, { https: false });
  await app.listen(port, '127.0.0.1');
  return { app, url: config.publicUrl };
}

export interface Answer {
  status: number;
  location: string;
  body: string;
}

/** The browser of a person who is signed in: it keeps cookies and follows no redirect by itself. */
export class SignedInBrowser {
  readonly cookies = new Map<string, string>();

  private constructor(private readonly site: string) {}

  static async of(app: NestExpressApplication, site: string, tenantId: string, role: Role): Promise<SignedInBrowser> {
    const browser = new SignedInBrowser(site);
    const [name = '', value = ''] = (await signIn(app, tenantId, role)).split('=');
    browser.cookies.set(name, value);
    return browser;
  }

  static ofStranger(site: string): SignedInBrowser {
    return new SignedInBrowser(site);
  }

  async go(address: string, form?: Record<string, string>): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(address, this.site), {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: answer.status, location: answer.headers.get('location') ?? '', body: await answer.text() };
  }
}
