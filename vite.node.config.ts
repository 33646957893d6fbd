import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The programs that run on Node, and Electron's main process; each becomes dist/<name>.js. */
const programs = [
  'orchestrator/main',
  'worker/main',
  'worker/ocr/child',
  'worker/document/child',
  'cli/main',
  'main/main',
];

export default defineConfig({
  root,
  plugins: [runtimeFiles()],
  build: {
    ssr: true,
    outDir: 'dist',
    // Other builds put their output beside this one; scripts/build.ts clears what is its own.
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(programs.map((name) => [name, `src/${name}.ts`])),
      external: ['electron'],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

/** Files that are read or started as they are (the sandbox's runner, migrations) go to the same place below dist. */
function runtimeFiles(): Plugin {
  return {
    name: 'otherthing:runtime-files',
    generateBundle() {
      for (const file of globSync('src/{orchestrator,worker}/**/*.{js,sql}', { cwd: root })) {
        this.emitFile({ type: 'asset', fileName: relative('src', file), source: readFileSync(`${root}${file}`) });
      }
    },
  };
}
