export interface FlagOptions {
  profileFolder: string;
  /** Loopback is for tests that click through our own pages; a printing browser reaches nothing at all. */
  network: 'none' | 'loopback';
  sandboxed: boolean;
}

const ALWAYS = [
  '--headless',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-sync',
  '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater',
  '--metrics-recording-only',
  '--password-store=basic',
  '--use-mock-keychain',
  // Containers give /dev/shm 64 MB, which a long invoice outgrows.
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--mute-audio',
  '--hide-scrollbars',
  // Glyphs are placed alike whatever the machine's screen settings are.
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  '--lang=en-US',
];

export function chromiumFlags({ profileFolder, network, sandboxed }: FlagOptions): string[] {
  const reachable = network === 'loopback' ? ',EXCLUDE 127.0.0.1,EXCLUDE localhost' : '';
  return [
    ...ALWAYS,
    `--user-data-dir=${profileFolder}`,
    `--host-resolver-rules=MAP * ~NOTFOUND${reachable}`,
    ...(sandboxed ? [] : ['--no-sandbox']),
    'about:blank',
  ];
}
