import react from '@vitejs/plugin-react';
import { defineConfig, type ProxyOptions } from 'vite';
import { compression } from 'vite-plugin-compression2';

const server = 'http://localhost:3005';
// The server refuses a foreign Origin; in development the page comes from Vite's own port.
const proxied: ProxyOptions = { target: server, headers: { origin: server } };

export default defineConfig({
  root: 'web',
  // Compressed once, at the build: the server sends what a browser takes, and compresses no page itself.
  plugins: [react(), compression({ algorithms: ['gzip', 'brotliCompress'] })],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // No data: URLs, otherwise the Content-Security-Policy of the server refuses them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/graphql': { ...proxied, ws: true }, '/api': proxied } },
});
