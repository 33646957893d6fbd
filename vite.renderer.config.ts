import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressed } from './scripts/build/compress.ts';

/** The interface: one build for the desktop window and for the browser. Pages are split at their dynamic imports. */
export default defineConfig({
  root: fileURLToPath(new URL('src/renderer', import.meta.url)),
  base: '/',
  plugins: [react(), tailwind(), compressed()],
  server: { host: '127.0.0.1' },
  build: {
    outDir: fileURLToPath(new URL('dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2024',
    // Nothing inlined: the content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What is shared by a library and the first page must not pull the library into the first page; this keeps the order safe.
        strictExecutionOrder: true,
        // Libraries that change less often than the pages keep their place in the browser's cache.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'flow-canvas', test: /node_modules[\\/](@xyflow|d3-[a-z]+)[\\/]/, priority: 2 },
            { name: 'collaboration', test: /node_modules[\\/](yjs|lib0|y-protocols|@hocuspocus)[\\/]/, priority: 2 },
            { name: 'editor', test: /node_modules[\\/](@codemirror|@lezer|@uiw|codemirror)[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
});
