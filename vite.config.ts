import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, minifySync, type Plugin } from 'vite';
import { compression } from 'vite-plugin-compression2';

/** Where the program listens while `npm run dev` runs, which also makes it allow the origin of Vite's server. */
const target = `http://localhost:${process.env['PORT'] || 3005}`;

/** Puts the style into index.html, so that the first paint waits for one response. The server allows it by its hash. */
const styleInPage = (): Plugin => ({
  name: 'style-in-page',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { bundle = {} }) =>
      html.replace(/<link rel="stylesheet"[^>]*? href="\/([^"]+)">/g, (link, name: string) => {
        const file = bundle[name];
        if (file?.type !== 'asset') return link;
        delete bundle[name];
        return `<style>${String(file.source).trim()}</style>`;
      }),
  },
});

const WORKER = 'service-worker.js';

/** Writes the service worker, with the list of files that it keeps. */
const serviceWorker = (): Plugin => ({
  name: 'service-worker',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const html = bundle['index.html'];
    const outputs = Object.values(bundle);
    const script = outputs.find((output) => output.type === 'chunk' && output.isEntry)?.fileName;
    if (html?.type !== 'asset' || script === undefined) throw new Error('There is no page to keep.');
    const others = outputs.map(({ fileName }) => fileName).filter((name) => /^assets\/.+\.(js|css|svg)$/.test(name));
    const files = [...new Set([script, ...others.toSorted()])].map((name) => `/${name}`);
    const source = readFileSync(new URL(`web/src/${WORKER}`, import.meta.url), 'utf8');
    const { code, errors } = minifySync(WORKER, source.replace('= FILES_OF_PAGE', `= ${JSON.stringify(files)}`), {
      module: true,
    });
    if (errors[0]) throw new Error(errors[0].message);
    // Browsers install a worker whose text has changed; a change of the page alone has to be one.
    const hash = createHash('sha256').update(html.source).digest('base64url').slice(0, 8);
    this.emitFile({ type: 'asset', fileName: WORKER, source: `${code}//${hash}` });
  },
});

export default defineConfig({
  root: 'web',
  // Compressed once, at the build: the server sends what a browser takes, and compresses no page itself.
  plugins: [styleInPage(), serviceWorker(), compression({ algorithms: ['gzip', 'brotliCompress'] })],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // No data: URLs, otherwise the Content-Security-Policy of the server refuses them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One script for the first load: a chunk for each set of pages that share a module would be a request each.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] } } },
  },
  server: { proxy: { '/graphql': { target, ws: true }, '/api': { target } } },
});
