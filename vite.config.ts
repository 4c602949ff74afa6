import { defineConfig, type Plugin } from 'vite';
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

export default defineConfig({
  root: 'web',
  // Compressed once, at the build: the server sends what a browser takes, and compresses no page itself.
  plugins: [styleInPage(), compression({ algorithms: ['gzip', 'brotliCompress'] })],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // No data: URLs, otherwise the Content-Security-Policy of the server refuses them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // All that the first page needs is one script: otherwise each part that a later page shares would be a request.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] } } },
  },
  server: { proxy: { '/graphql': { target, ws: true }, '/api': { target } } },
});
