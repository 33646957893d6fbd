/** How hosts stand, in words. */
import type { HostLook, RemoteHost, RemoteHostState } from '../../../shared/model/remote-host.ts';
import type { GlyphState } from '../../ui/state-glyph.tsx';

interface StandingWords {
  /** A word or two, for a menu. */
  short: string;
  glyph: GlyphState;
  /** What it means and what to do; null where nothing is to be said. */
  long: string | null;
}

/** `ago` says how long ago a time was: "5 min". */
export function standingWords(standing: RemoteHostState, ago: (since: number) => string): StandingWords {
  switch (standing.state) {
    case 'connecting':
      return { short: 'Connecting', glyph: 'running', long: null };
    case 'connected':
      return { short: 'Connected', glyph: 'done', long: null };
    case 'offline':
      return {
        short: `Offline for ${ago(standing.since)}`,
        glyph: 'line',
        long: 'It does not answer. It is tried again by itself.',
      };
    case 'certificate-changed':
      return {
        short: 'Certificate changed',
        glyph: 'failed',
        long: 'It shows another certificate than the one that you trusted, so nothing is sent to it. Somebody may be in between.',
      };
    case 'waits':
      return {
        short: 'Waits for approval',
        glyph: 'asks',
        long: 'Whoever invited you, or another admin there, still has to let you in.',
      };
    case 'removed':
      return {
        short: 'Not a member',
        glyph: 'failed',
        long: 'It does not know you any more. Ask for another invite, or remove it here.',
      };
  }
}

/** How this computer stands there as a node; null where it is none. */
export function contributionWords({ contributes }: Pick<RemoteHost, 'contributes'>): string | null {
  if (contributes === null) return null;
  const { standing, workspaces } = contributes;
  switch (standing) {
    case 'connected':
      return workspaces.length === 0
        ? 'This computer waits to be let in as a node.'
        : `This computer contributes to ${listed(workspaces)}.`;
    case 'connecting':
      return 'This computer connects as a node.';
    case 'away':
      return 'This computer contributes; its node is not connected now.';
    case 'refused':
      return 'The host refused this computer as a node: the key does not work there.';
    case 'removed':
      return 'The host removed this computer as a node.';
    case 'certificate-changed':
      return 'This computer contributes nothing until the new certificate is trusted.';
  }
}

/** Why the certificate may be trusted. */
export const trustWords: Record<HostLook['trust'], string> = {
  invited: 'It is the certificate that the invite link names.',
  known: 'You compared it: it is trusted from now on.',
  authority: 'An authority that this computer knows vouches for it.',
  ask: 'Nothing vouches for it yet. Compare it with what the host shows under Settings, Host. Only if every group is the same is it the right host.',
  'this-machine': 'It runs on this very computer; nothing leaves it.',
};

/** Whether the window can show it. */
export const canBeShown = ({ person, standing }: RemoteHost): boolean =>
  person !== null &&
  (standing.state === 'connected' || standing.state === 'connecting' || standing.state === 'offline');

const listed = (names: readonly string[]) => new Intl.ListFormat('en').format(names);
