import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** Without these, Chromium looks up its maker's hosts at every start and fails on a machine without internet access. */
const FLAGS = [
  '--no-sandbox', // root has none
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium with an empty profile; it is gone when this process is. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: FLAGS });
}

/** The same places as in scripts/setup.sh, then playwright's own download. */
function findChromium(): string {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const places = [
    process.env['CHROMIUM_BIN'],
    ...['chromium', 'google-chrome'].flatMap((name) => onPath.map((folder) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    chromium.executablePath(),
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium is here. Do one of these, then try again: install the package chromium (apt-get install chromium), ' +
      'set CHROMIUM_BIN to a Chromium or Chrome, or run npx playwright-core install chromium.',
  );
}
