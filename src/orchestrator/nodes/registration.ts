/** Whether a node that says who it is may be that node (N1, N2). Pure. */

import type { NodeMessageOf } from '../../shared/protocol/node.ts';
import { parseShareKey } from '../../shared/share-key.ts';
import type { Change } from '../store/store.ts';
import type { NodeRow } from '../store/tables.ts';

/** What the key says with which a node came: the host's own worker, a workspace's key, nothing, or nothing known. */
export type Introduction =
  | { readonly kind: 'none' }
  | { readonly kind: 'embedded' }
  | { readonly kind: 'workspace'; readonly workspaceId: string; readonly state: 'serves' | 'waits' }
  | {
      /** A machine that a member brings, by a key of 256 bits. */
      readonly kind: 'member';
      readonly workspaceId: string;
      readonly ownerId: string;
      readonly state: 'serves' | 'waits';
      /** Uses the key up; goes into the commit that admits the node. */
      readonly spend: Change;
      readonly keyId: string;
    }
  | { readonly kind: 'unknown' };

export type Judgement =
  /** `guess`: what was wrong is something that can be guessed. */
  | { readonly verdict: 'refuse'; readonly guess: boolean }
  | {
      readonly verdict: 'admit';
      readonly shareKey: string;
      /** The key that it must prove to hold first. */
      readonly prove: string | null;
      /** Whether it got here by a secret that can be guessed; then the limits on guessing hold for it. */
      readonly bySecret: boolean;
    };

const refuse: Judgement = { verdict: 'refuse', guess: true };

/** `holder` is the node that has this share key, if any. */
export function judge(
  message: Pick<NodeMessageOf<'register'>, 'share_key' | 'public_key'>,
  known: Pick<NodeRow, 'id' | 'shareKey' | 'publicKey'> | null,
  holder: string | null,
  introduction: Introduction,
): Judgement {
  const shareKey = parseShareKey(message.share_key);
  if (shareKey === null) return refuse;
  const prove = message.public_key ?? null;
  if (known === null) {
    if (holder !== null || introduction.kind === 'unknown') return refuse;
    return { verdict: 'admit', shareKey, prove, bySecret: introduction.kind === 'workspace' };
  }
  if (holder !== null && holder !== known.id) return refuse;
  if (known.publicKey !== null) {
    // The share key may be another than before: the proof is how a rotated one arrives.
    return known.publicKey === prove ? { verdict: 'admit', shareKey, prove, bySecret: false } : refuse;
  }
  return known.shareKey === shareKey ? { verdict: 'admit', shareKey, prove, bySecret: true } : refuse;
}
