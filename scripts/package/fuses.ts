import { type FuseConfig, FuseV1Options, FuseVersion } from '@electron/fuses';

/** S11: every fuse that Electron has, each said; a new one in a later Electron makes packaging fail until it is decided here. */
export const fuses: FuseConfig = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // Nobody uses the installed program as `node`: helpers of the worker are forked by main (src/main/lent-helpers.ts).
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Pages come from app://, never from file://.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Not a matter of safety: V8's usual way of checking bounds of WebAssembly.
  [FuseV1Options.WasmTrapHandlers]: true,
};
