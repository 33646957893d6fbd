import type { UpdateFault } from '../../shared/model/updates.ts';

type During = UpdateFault['during'];
type Words = Omit<UpdateFault, 'during'>;

const nothingChanged = 'Nothing of this app was changed.';

const faults = {
  offline: {
    code: 'update_offline',
    message: 'The place of the updates cannot be reached.',
    next: 'The app tries again by itself. Look at the connection to the internet, or at the proxy.',
  },
  cut: {
    code: 'update_cut',
    message: `The download was cut off. ${nothingChanged}`,
    next: 'Check again; it begins anew.',
  },
  stalled: {
    code: 'update_stalled',
    message: `The download stood still and was ended. ${nothingChanged}`,
    next: 'Check again when the connection is better.',
  },
  damaged: {
    code: 'update_damaged',
    message: `What was downloaded is not what was released, and was thrown away. ${nothingChanged}`,
    next: 'Check again. If it stays so, tell whoever publishes this app: somebody may have put another file there.',
  },
  unsigned: {
    code: 'update_not_signed',
    message: `The installer is not signed by the publisher of this app, and was thrown away. ${nothingChanged}`,
    next: 'Do not install it by hand. Tell whoever publishes this app.',
  },
  source: {
    code: 'update_source',
    message: 'What stands at the place of the updates cannot be understood.',
    next: 'The app tries again by itself; a release may be in the making.',
  },
  none: {
    code: 'update_none',
    message: 'No version has been released there for this machine yet.',
    next: 'The app looks again by itself.',
  },
  disk: {
    code: 'update_disk',
    message: `The update could not be written to the disk. ${nothingChanged}`,
    next: 'Make room on the disk, or look at who may write to the folder of the app; then check again.',
  },
  install: {
    code: 'update_not_installed',
    message: 'The update could not be installed.',
    next: 'Close the app and install the release by hand.',
  },
  other: {
    code: 'update_failed',
    message: 'The update did not go well.',
    next: 'Check again; the log of the app says more.',
  },
} satisfies Record<string, Words>;

const byCode: Record<string, keyof typeof faults> = {
  ERR_CHECKSUM_MISMATCH: 'damaged',
  ERR_UPDATER_NO_CHECKSUM: 'damaged',
  ERR_UPDATER_INVALID_SIGNATURE: 'unsigned',
  ERR_UPDATER_INVALID_UPDATE_INFO: 'source',
  ERR_UPDATER_INVALID_RELEASE_FEED: 'source',
  ERR_UPDATER_INVALID_VERSION: 'source',
  ERR_UPDATER_CHANNEL_FILE_NOT_FOUND: 'none',
  ERR_UPDATER_LATEST_VERSION_NOT_FOUND: 'none',
  ERR_UPDATER_NO_PUBLISHED_VERSIONS: 'none',
  ERR_UPDATER_NO_FILES_PROVIDED: 'none',
  ERR_UPDATER_STALLED: 'stalled',
  ERR_UPDATER_LATE: 'offline',
};
for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH'])
  byCode[code] = 'offline';
for (const code of ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO']) byCode[code] = 'disk';
for (const code of ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']) byCode[code] = 'cut';

/** An error of electron-updater, of Node or of Chromium's network, in words for people. Codes are stable. */
export function faultOf(error: unknown, during: During): UpdateFault {
  return { ...faults[kindOf(error, during)], during };
}

function kindOf(error: unknown, during: During): keyof typeof faults {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  // electron-updater has one code for a feed it cannot read and for one that has nothing in it.
  if (/No published versions|Unable to find latest version[\s\S]*404/.test(message)) return 'none';
  const known = typeof code === 'string' ? byCode[code] : undefined;
  if (known !== undefined) return known === 'cut' && during === 'check' ? 'offline' : known;
  if (/^net::ERR_(CONTENT_LENGTH_MISMATCH|CONNECTION_(RESET|CLOSED)|INCOMPLETE)|aborted|socket hang up/i.test(message))
    return during === 'download' ? 'cut' : 'offline';
  if (/^net::ERR_/.test(message) || /timed out/i.test(message)) return 'offline';
  if (/\b(404|410)\b/.test(String(code))) return 'none';
  if (/^HTTP_ERROR_5|^HTTP_ERROR_429/.test(String(code))) return 'offline';
  return during === 'install' ? 'install' : during === 'check' ? 'source' : 'other';
}

/** An error with one of the codes above, for what the app itself finds. */
export function updateError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
