import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's Chromium is driven from. */
    chromium: string;
  }
}

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

/** One headless Chromium for the whole run: to start one takes as long as most of the tests that need it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ executablePath: findChromium(), args: FLAGS, host: '127.0.0.1' });
  project.provide('chromium', server.wsEndpoint());
  return () => server.close();
}

/** The run's Chromium, for one test: its profile is empty, and what the test opens is gone when it is closed. */
export const openChromium = (): Promise<Browser> => chromium.connect(inject('chromium'));

/** The same places as in scripts/setup.sh, then playwright's own download. */
function findChromium(): string {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const places = [
    process.env['CHROMIUM_BIN'],
    ...['chromium-headless-shell', 'chromium', 'google-chrome'].flatMap((name) =>
      onPath.map((folder) => join(folder, name)),
    ),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    chromium.executablePath(),
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium is here. Do one of these, then try again: install the package chromium-headless-shell or chromium (apt-get), ' +
      'set CHROMIUM_BIN to a Chromium or Chrome, or run npx playwright-core install chromium.',
  );
}
