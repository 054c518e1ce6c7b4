// The browser stories: the real server, the built app, a real Chromium. One after the other; they need a build.
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  resolve: { alias: { '@': resolve(import.meta.dirname, '../src') } },
  test: {
    // `--mode benchmark` measures instead, `--mode look` takes pictures.
    include: [{ benchmark: '**/*.bench.ts', look: '**/*-look.ts' }[mode] ?? '**/*.e2e.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 90_000,
  },
}));
