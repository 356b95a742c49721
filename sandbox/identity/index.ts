import { join } from 'node:path';
import { Router, type Request } from 'express';
import { startSandbox, type RunningSandbox, type VendorSandbox } from '../kit/server.js';
import { DIRECTORIES, GOOGLE_CLIENT, LUMEN_TID, MICROSOFT_CLIENT, OIDC_CLIENT, PEOPLE } from '../msp/people.js';
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
  /** The app's settings that make it sign people in here. */
  environment: Record<string, string>;
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
  const addresses = addressesOf(http.url, tls.url);
  return {
    ...http,
    ...addresses,
    httpsUrl: tls.url,
    caFile: certificate.caFile,
    environment: signInEnvironment(addresses),
    close: async () => {
      await tls.close();
      await http.close();
    },
  };
}

type Addresses = Pick<RunningIdentity, 'microsoftMetadata' | 'microsoftAuthorizationURL' | 'google' | 'companyIssuer'>;

function addressesOf(plain: string, secure: string): Addresses {
  return {
    microsoftMetadata: `${secure}/${LUMEN_TID}/v2.0/.well-known/openid-configuration`,
    microsoftAuthorizationURL: `${plain}/${LUMEN_TID}/oauth2/v2.0/authorize`,
    google: {
      authorizationURL: plain + GOOGLE_PATHS.authorization,
      tokenURL: plain + GOOGLE_PATHS.token,
      userProfileURL: plain + GOOGLE_PATHS.userinfo,
      issuer: plain + GOOGLE_PATHS.issuer,
      keysURL: plain + GOOGLE_PATHS.keys,
    },
    companyIssuer: plain + COMPANY_PATH,
  };
}

function signInEnvironment({ google, microsoftMetadata, microsoftAuthorizationURL, companyIssuer }: Addresses): Record<string, string> {
  return {
    GOOGLE_CLIENT_ID: GOOGLE_CLIENT.id,
    GOOGLE_CLIENT_SECRET: GOOGLE_CLIENT.secret,
    GOOGLE_AUTHORIZATION_URL: google.authorizationURL,
    GOOGLE_TOKEN_URL: google.tokenURL,
    GOOGLE_PROFILE_URL: google.userProfileURL,
    GOOGLE_ISSUER: google.issuer,
    GOOGLE_KEYS_URL: google.keysURL,
    MICROSOFT_CLIENT_ID: MICROSOFT_CLIENT.id,
    MICROSOFT_CLIENT_SECRET: MICROSOFT_CLIENT.secret,
    // One address serves all directories: the app puts in the one that it allows.
    MICROSOFT_METADATA_URL: microsoftMetadata.replace(LUMEN_TID, '{tenant}'),
    MICROSOFT_AUTHORIZATION_URL: microsoftAuthorizationURL,
    OIDC_ISSUER: companyIssuer,
    OIDC_CLIENT_ID: OIDC_CLIENT.id,
    OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
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
