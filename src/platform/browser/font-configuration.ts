const SYSTEM_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts'];

/**
 * Fontconfig's file for the bundled Chromium: its own fonts first, for the plain families, and the system's for what those
 * lack (Chinese, Arabic, emoji). Without it a bare Linux prints empty boxes, and each machine prints another face.
 */
export function fontConfiguration(fontFolder: string, cacheFolder: string): string {
  const folders = [fontFolder, ...SYSTEM_FOLDERS].map((folder) => `<dir>${escapeXml(folder)}</dir>`).join('');
  const prefer = (family: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`;
  return [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    `<fontconfig>${folders}<cachedir>${escapeXml(`${cacheFolder}/font-cache`)}</cachedir>`,
    ...['sans-serif', 'system-ui', 'Arial', 'Helvetica'].map(prefer),
    '</fontconfig>',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
