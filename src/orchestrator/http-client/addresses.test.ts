import { describe, expect, it } from 'vitest';
import { HostFault } from '../host-executors/host-executor.ts';
import { allowsName, mayReach, parseAllowed } from './addresses.ts';
import { redactionOf } from './redact.ts';
import { send } from './send.ts';

const nothing = parseAllowed([]);

describe('S9: addresses', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001::1',
    'nonsense',
  ])('S9: %s is not reached', (address) => expect(mayReach(address, 80, nothing)).toBe(false));

  it.each(['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34'])('S9: %s is reached', (address) =>
    expect(mayReach(address, 443, nothing)).toBe(true),
  );

  it('S9: a workspace allows names, addresses and networks, with a port or without', () => {
    const allowed = parseAllowed(['nas.local', '10.1.0.0/16:8080', '[fd00::1]:1', '192.168.1.20']);
    expect(allowsName(allowed, 'NAS.local.', 80)).toBe(true);
    expect(allowsName(allowed, 'evil-nas.local', 80)).toBe(false);
    expect(mayReach('10.1.9.9', 8080, allowed)).toBe(true);
    expect(mayReach('::ffff:10.1.9.9', 8080, allowed)).toBe(true);
    expect(mayReach('10.1.9.9', 80, allowed)).toBe(false);
    expect(mayReach('10.2.0.1', 8080, allowed)).toBe(false);
    expect(mayReach('fd00::1', 1, allowed)).toBe(true);
    expect(mayReach('192.168.1.20', 5, allowed)).toBe(true);
    for (const odd of ['http://x', '10.0.0.0/99', 'a b', '']) expect(() => parseAllowed([odd])).toThrow(/"/);
  });

  it('S9: a name that leads to a private address among public ones is refused before anything is sent', async () => {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const outgoing = { method: 'GET', url: new URL('http://rebinding.example/'), headers: {}, body: null };
    const sent = send(outgoing, nothing, resolve, AbortSignal.timeout(5_000));
    await expect(sent).rejects.toBeInstanceOf(HostFault);
    await expect(sent).rejects.toMatchObject({ code: 'http_address_refused' });
  });
});

describe('S5: redaction', () => {
  const secret = 'p@ss "word"/ü';
  const redaction = redactionOf([secret]);

  it('S5: hides a secret in every form in which it may come back', () => {
    const forms = [
      secret,
      JSON.stringify({ secret }),
      encodeURIComponent(secret),
      new URLSearchParams({ secret }).toString(),
      Buffer.from(secret).toString('base64'),
    ];
    for (const form of forms) expect(redaction.text(form)).toContain('[hidden]');
    expect(redaction.value({ deep: [{ [secret]: secret }], n: 1 })).toEqual({
      deep: [{ '[hidden]': '[hidden]' }],
      n: 1,
    });
  });

  it('S5: hides it in a stream, wherever the pieces are cut', async () => {
    const content = Buffer.from(`before ${secret} between ${secret} after`);
    for (let cut = 1; cut < content.length; cut += 1) {
      const stream = redaction.stream();
      stream.write(content.subarray(0, cut));
      stream.end(content.subarray(cut));
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part as Buffer);
      expect(Buffer.concat(parts).toString()).toBe('before [hidden] between [hidden] after');
    }
  });
});
