import { expect, test } from 'vitest';
import type { FoundHost } from '../shared/model/remote-host.ts';
import { besideFoundHost, foundLines } from './find-hosts.ts';

const fingerprint = `sha256:${'ab'.repeat(32)}`;
const box: FoundHost = { name: 'box', origin: 'https://192.168.0.20:4172', fingerprint, version: '0.1.0' };
const other: FoundHost = { ...box, name: 'attic', origin: 'https://[2001:db8::1]:4172', fingerprint: null };

test('protocol.md: a key alone joins the one host that is found on the local network', async () => {
  expect(await besideFoundHost('ab3x-7k9m', async () => [box])).toBe('AB3X7K9M@192.168.0.20:4172');
});

test('none, several, or no key: it says what to do instead', async () => {
  await expect(besideFoundHost('AB3X7K9M', async () => [])).rejects.toThrow(/No host was found.*KEY@host/);
  await expect(besideFoundHost('AB3X7K9M', async () => [box, other])).rejects.toThrow(
    /Several[\s\S]*join AB3X7K9M@192\.168\.0\.20:4172[\s\S]*join AB3X7K9M@\[2001:db8::1\]:4172/,
  );
  await expect(besideFoundHost('AB3X7K9M@box', async () => [box])).rejects.toThrow(/share key/);
});

test('S4: what is found is listed with what it says of itself; nothing of it is trusted', () => {
  expect(foundLines([box])).toEqual([
    'box (OtherThing 0.1.0)',
    '  otherthing join KEY@192.168.0.20:4172',
    expect.stringMatching(/^ {2}says its certificate is (ABAB ?){16}$/),
  ]);
  expect(foundLines([])).toEqual(['No host was found on the local network.']);
});
