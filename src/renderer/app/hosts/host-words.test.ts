import { describe, expect, test } from 'vitest';
import type { RemoteHost, RemoteHostState } from '../../../shared/model/remote-host.ts';
import { canBeShown, contributionWords, standingWords } from './host-words.ts';

const fingerprint = `sha256:${'a'.repeat(64)}`;
const states: RemoteHostState[] = [
  { state: 'connecting' },
  { state: 'connected' },
  { state: 'offline', since: 5 },
  { state: 'certificate-changed', shown: fingerprint },
  { state: 'waits' },
  { state: 'removed' },
];
const host: RemoteHost = {
  ...{ id: 'host-1', origin: 'https://box.example:4172', name: 'box', fingerprint, addedAt: 0 },
  ...{ person: { workspaceName: 'Ours' }, contributes: null, standing: { state: 'connected' } },
};

describe('words about hosts', () => {
  test('interface.md: every state has a word and a sign, and says what to do where something is wrong', () => {
    const words = states.map((state) => standingWords(state, (since) => `${since} s`));
    expect(new Set(words.map(({ short }) => short)).size).toBe(states.length);
    expect(words[2]?.short).toBe('Offline for 5 s');
    expect(words.filter(({ long }) => long === null)).toHaveLength(2);
  });

  test('S4: a host with another certificate cannot be shown, nor one that nobody is a member of', () => {
    const shown = states.filter((standing) => canBeShown({ ...host, standing })).map(({ state }) => state);
    expect(shown).toEqual(['connecting', 'connected', 'offline']);
    expect(canBeShown({ ...host, person: null })).toBe(false);
  });

  test('a node says for whom it works, or why not', () => {
    const says = (standing: NonNullable<RemoteHost['contributes']>['standing'], workspaces: string[] = []) =>
      contributionWords({ contributes: { standing, workspaces } });
    expect(contributionWords(host)).toBeNull();
    expect(says('connected', ['Ours', 'Second'])).toBe('This computer contributes to Ours and Second.');
    expect(says('connected')).toContain('waits to be let in');
    expect(says('refused')).toContain('the key does not work');
  });
});
