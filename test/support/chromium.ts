import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's Chromium, or the reason why there is none. */
    chromium: { endpoint: string } | { missing: string };
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

/**
 * One headless Chromium for the whole run, since its start takes as long as most of the browser tests. Without a Chromium,
 * only those tests fail.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const server = await chromium.launchServer({ executablePath: findChromium(), args: FLAGS, host: '127.0.0.1' });
    project.provide('chromium', { endpoint: server.wsEndpoint() });
    return () => server.close();
  } catch (error) {
    project.provide('chromium', { missing: error instanceof Error ? error.message : String(error) });
    return async () => {};
  }
}

/** The run's Chromium for one test, with an empty profile; pages of the test close with it. */
export async function openChromium(): Promise<Browser> {
  const found = inject('chromium');
  if ('missing' in found) throw new Error(found.missing);
  return await chromium.connect(found.endpoint);
}

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
    'No Chromium is installed. Do one of these, then try again: install the package chromium-headless-shell or chromium (apt-get), ' +
      'set CHROMIUM_BIN to a Chromium or Chrome, or run npx playwright-core install chromium.',
  );
}
