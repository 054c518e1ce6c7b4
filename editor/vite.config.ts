// How the app is built, served while developing, and tested. It must never know a page or an endpoint.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.OPERANDI_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The server puts a fresh nonce in place of this word on every answer (see csp.txt).
  html: { cspNonce: 'OPERANDI_NONCE' },
  server: {
    host: '127.0.0.1',
    // The templates lie beside this folder.
    fs: { allow: ['..'] },
    proxy: { '/api': { target: server, ws: true }, '/hooks': { target: server } },
  },
  build: {
    target: 'es2022',
    // A strict policy forbids data: URLs in scripts and fonts; everything is a hashed file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 800,
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'node',
    restoreMocks: true,
    // Properties roll many documents, and machines of tests are slow.
    testTimeout: 30_000,
  },
});
