import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { transformAsync } from '@babel/core';
import { babelOptimizerPlugin } from '@graphql-codegen/client-preset';
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

const DOCUMENTS = [babelOptimizerPlugin, { artifactDirectory: 'web/src/gql', gqlTagName: 'graphql' }];

/** Takes each GraphQL document from the generated file, so that the page has no map from the text of each to its tree. */
const documents = (): Plugin => ({
  name: 'documents',
  enforce: 'pre',
  apply: 'build',
  async transform(source, filename) {
    if (!/\.tsx?$/.test(filename) || !source.includes('graphql(`')) return undefined;
    const options = { filename, configFile: false, babelrc: false, sourceMaps: true } as const;
    const parserOpts = { plugins: ['typescript' as const, 'jsx' as const] };
    const transformed = await transformAsync(source, { ...options, parserOpts, plugins: [DOCUMENTS] });
    if (typeof transformed?.code !== 'string') throw new Error(`${filename} could not be transformed.`);
    return { code: transformed.code, map: transformed.map };
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
  plugins: [documents(), styleInPage(), serviceWorker(), compression({ algorithms: ['gzip', 'brotliCompress'] })],
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
