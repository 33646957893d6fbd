import { defineConfig } from 'vite';

/** The preload of a sandboxed window: one CommonJS file that needs nothing but `electron`. */
export default defineConfig({
  build: {
    ssr: 'src/main/preload.ts',
    outDir: 'dist/preload',
    emptyOutDir: true,
    target: 'chrome146',
    minify: false,
    rolldownOptions: {
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false },
    },
  },
  ssr: { noExternal: true },
});
