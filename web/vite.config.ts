// How the console is built: static files under dist, everything from the same origin, no inline script.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds a running `cordon demo`.
const server = process.env['CORDON_DEV_SERVER'] ?? '127.0.0.1:8080';
const paths = ['/api', '/ogc', '/healthz', '/readyz'];

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // MapLibre alone is 1 MB; it is the map.
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: { manualChunks: (id: string) => (id.includes('/maplibre-gl/') ? 'maplibre' : undefined) },
    },
  },
  worker: { format: 'es' },
  server: {
    // The Host stays that of the page: the server compares it with the page's origin.
    proxy: {
      ...Object.fromEntries(paths.map((path) => [path, { target: `http://${server}` }])),
      '/live': { target: `ws://${server}`, ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
