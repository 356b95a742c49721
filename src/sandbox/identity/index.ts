import { join } from 'node:path';
import { Router, type Request } from 'express';
import { startSandbox, type RunningSandbox, type VendorSandbox } from '../../connectors/kit/sandbox/server.js';
import { DIRECTORIES, LUMEN_TID, PEOPLE } from '../people.js';
import { serverCertificate } from './certificate.js';
import { COMPANY_PATH, companyRoutes } from './company.js';
import { GOOGLE_PATHS, googleRoutes } from './google.js';
import { microsoftRoutes } from './microsoft.js';
import { overviewPage } from './sign-in-page.js';
import { createSigningKey } from './signing-key.js';
import { identityFaultControl } from './token-faults.js';
import { startTlsFront } from './tls-front.js';

export interface RunningIdentity extends RunningSandbox {
  /** The same routes over https; clients trust it through `caFile`. */
  httpsUrl: string;
  caFile: string;
  /** Single-tenant metadata of the directory that may sign in. */
  microsoftMetadata: string;
  /** The browser's way to the sign-in page without meeting the sandbox's certificate. */
  microsoftAuthorizationURL: string;
  google: { authorizationURL: string; tokenURL: string; userProfileURL: string; issuer: string; keysURL: string };
  companyIssuer: string;
}

/** Starts the OpenID provider in its three shapes. A taken port rejects with `EADDRINUSE`; 0 lets the system choose. */
export async function startIdentity(options: {
  dataDir: string;
  httpPort: number;
  httpsPort: number;
  seed: number;
}): Promise<RunningIdentity> {
  let authority = '';
  const certificate = await serverCertificate(join(options.dataDir, 'tls'), new Date());
  const http = await startSandbox(
    identitySandbox(() => authority),
    { dataDir: options.dataDir, port: options.httpPort, seed: options.seed },
  );
  const tls = await startTlsFront({ port: options.httpsPort, behind: http.url, cert: certificate.cert, key: certificate.key }).catch(
    async (error: unknown) => {
      await http.close();
      throw error;
    },
  );
  authority = tls.url;
  return {
    ...http,
    httpsUrl: tls.url,
    caFile: certificate.caFile,
    microsoftMetadata: `${tls.url}/${LUMEN_TID}/v2.0/.well-known/openid-configuration`,
    microsoftAuthorizationURL: `${http.url}/${LUMEN_TID}/oauth2/v2.0/authorize`,
    google: {
      authorizationURL: http.url + GOOGLE_PATHS.authorization,
      tokenURL: http.url + GOOGLE_PATHS.token,
      userProfileURL: http.url + GOOGLE_PATHS.userinfo,
      issuer: http.url + GOOGLE_PATHS.issuer,
      keysURL: http.url + GOOGLE_PATHS.keys,
    },
    companyIssuer: http.url + COMPANY_PATH,
    close: async () => {
      await tls.close();
      await http.close();
    },
  };
}

function identitySandbox(authority: () => string): VendorSandbox {
  return {
    key: 'identity',
    seed: ({ store }) => createSigningKey(store),
    routes: (context) => Router().use(googleRoutes(context)).use(companyRoutes(context)).use(microsoftRoutes(context, authority)),
    control: identityFaultControl,
    errorBody: (status: number, request: Request) => ({
      contentType: 'application/json',
      body: JSON.stringify({ error: 'temporarily_unavailable', error_description: `${request.path} answers ${status}` }),
    }),
    // An identity provider keeps no invoices or payments.
    documents: () => [],
    page: () => overviewPage(PEOPLE, DIRECTORIES),
  };
}
