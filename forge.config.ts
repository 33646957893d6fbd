import { forgeConfig } from './scripts/package/config.ts';

const { env } = process;

export default forgeConfig({
  electronZips: env['ELECTRON_ZIP_DIR'],
  releases: env['OTHERTHING_RELEASES'],
  publisher: env['OTHERTHING_PUBLISHER'],
  deno: env['OTHERTHING_DENO'],
  kubo: env['OTHERTHING_KUBO'],
  out: env['OTHERTHING_OUT'],
  rollout: env['OTHERTHING_ROLLOUT'],
  quick: env['OTHERTHING_QUICK'] === '1',
});
