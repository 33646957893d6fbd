/** Names that the preload script needs; apart from the table, so that no schema gets into it. */

/** The name of the bridge on `window`. */
export const bridgeName = 'otherthing';
/** Electron's channels of calls and of events start with these. */
export const callPrefix = 'otherthing:call:';
export const eventPrefix = 'otherthing:event:';
