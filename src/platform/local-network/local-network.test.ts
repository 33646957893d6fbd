import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { labelOf, readSeen, txtOf } from './found.ts';
import { announceHost, findHosts } from './local-network.ts';

const fingerprint = `sha256:${'ab'.repeat(32)}`;
const box = { name: 'Büro.box', fingerprint, version: '0.1.0' };

describe('what is announced', () => {
  test('S4: the name, the fingerprint and the version, and nothing else', () => {
    expect(txtOf(box)).toEqual({ name: 'Büro.box', fingerprint, version: '0.1.0' });
    expect(Object.keys(txtOf({ ...box, fingerprint: null }))).toEqual(['name', 'version']);
    expect(labelOf(box)).toBe('Büro box abababab');
  });

  test('RFC 6763: a label has at most 63 bytes, an entry 255, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
        expect(Buffer.byteLength(labelOf({ ...box, name }))).toBeLessThanOrEqual(63);
        expect(Buffer.byteLength(`name=${txtOf({ ...box, name })['name']}`)).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe('what is seen', () => {
  const seen = { port: 4172, txt: txtOf(box), addresses: ['fe80::1', '192.168.0.20', '10.0.0.2'] };

  test('is a host at the address that sent it, else at one that is not of a link alone', () => {
    expect(readSeen({ ...seen, referer: { address: '10.0.0.2' } })).toEqual({
      ...box,
      origin: 'https://10.0.0.2:4172',
    });
    expect(readSeen({ ...seen, referer: { address: '172.16.0.9' } })?.origin).toBe('https://192.168.0.20:4172');
    expect(readSeen({ ...seen, addresses: ['2001:db8::1'] })?.origin).toBe('https://[2001:db8::1]:4172');
  });

  test.each([
    { ...seen, txt: {} },
    { ...seen, txt: undefined },
    { ...seen, addresses: [] },
    { ...seen, addresses: ['fe80::1'] },
    { ...seen, addresses: ['evil.example/'] },
    { ...seen, port: 0 },
  ])('what is no host, or nowhere, is none: %j', (one) => {
    expect(readSeen(one)).toBeNull();
  });

  test('S10: whatever stands in a TXT record, the form is kept', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (txt) => {
        const found = readSeen({ ...seen, txt: { name: 'x', ...txt } });
        expect(found === null || (found.fingerprint === null && found.name.length <= 120)).toBe(true);
      }),
    );
  });
});

/** Real multicast on the loopback interface; on a port of its own, so that nothing leaves this test. */
describe('on a network', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  test('a host is found with its fingerprint, and is gone when it says goodbye', async () => {
    const troubles: Error[] = [];
    const options = {
      port: await freePort(),
      interface: '127.0.0.1',
      onTrouble: (error: Error) => troubles.push(error),
    };
    const finder = await findHosts(options);
    ends.push(() => finder.stop());
    const goodbye = await announceHost({ ...box, port: 4172 }, options);
    await expect
      .poll(() => finder.found(), { timeout: 15_000 })
      .toMatchObject([{ ...box, origin: /:4172$/ }].map(({ name, version }) => ({ name, version, fingerprint })));
    await goodbye();
    await expect.poll(() => finder.found(), { timeout: 15_000 }).toEqual([]);
    expect(troubles).toEqual([]);
  });

  test('two hosts of one name are both found', async () => {
    const options = { port: await freePort(), interface: '127.0.0.1', onTrouble: () => undefined };
    const finder = await findHosts(options);
    ends.push(() => finder.stop());
    ends.push(await announceHost({ ...box, port: 4172 }, options));
    ends.push(await announceHost({ ...box, fingerprint: `sha256:${'cd'.repeat(32)}`, port: 4182 }, options));
    await expect.poll(() => finder.found().map(({ name }) => name), { timeout: 15_000 }).toEqual([box.name, box.name]);
  });
});

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
