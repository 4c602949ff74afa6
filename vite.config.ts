import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';

/** Where the program listens while `npm run dev` runs, which also makes it allow the origin of Vite's server. */
const target = `http://localhost:${process.env['PORT'] || 3005}`;

export default defineConfig({
  root: 'web',
  // Compressed once, at the build: the server sends what a browser takes, and compresses no page itself.
  plugins: [compression({ algorithms: ['gzip', 'brotliCompress'] })],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // No data: URLs, otherwise the Content-Security-Policy of the server refuses them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/graphql': { target, ws: true }, '/api': { target } } },
});
