import { createHmac } from 'node:crypto';

/**
 * Tokens of webhook addresses: 256 bits, made of the host's master key and the place of the step. The database holds only their
 * SHA-256 (S2), so that who reads it can call nothing; and yet an address can be shown again, as people must be able to
 * copy it. Another generation is another token, which is how one is taken back.
 */
export function hookTokens(masterKey: Uint8Array): (flowId: string, stepId: string, generation: number) => string {
  const key = createHmac('sha256', masterKey).update('addresses of webhooks').digest();
  return (flowId, stepId, generation) =>
    createHmac('sha256', key)
      .update(JSON.stringify([flowId, stepId, generation]))
      .digest('base64url');
}
