import { expect, test } from 'vitest';
import { register, startHost } from '../core.harness.ts';
import { nodes as nodesTable } from '../store/tables.ts';
import { newPerHour } from './strangers.ts';

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** A share key of its own for each number. */
const keyOf = (number: number) =>
  Array.from({ length: 8 }, (_, place) => letters[Math.floor(number / 32 ** place) % 32]).join('');
const stranger = (number: number) => ({ share_key: keyOf(number + 1), join_key: '' });

test('S10: nodes that came by themselves and never served anybody are forgotten a day after they went', async () => {
  const host = await startHost();
  const idle = await host.join('node-idle', stranger(1));
  await host.join('node-here', stranger(2));
  const served = await host.join('node-served', stranger(3));
  await host.nodes.addByKey('ws-1', keyOf(4));
  for (const node of [idle, served]) node.socket.close(1000, '');
  await host.pass(1_000);
  host.timers.advance(25 * 3_600_000);
  await host.pass(61_000);
  const left = [...host.roster.all()].map(({ row }) => row.id);
  expect(left).not.toContain('node-idle');
  expect(left).toContain('node-served');
  expect(await host.store.get(nodesTable, { id: 'node-idle' })).toBeNull();
  // What it was bound to is forgotten with it: it may come again as anybody may.
  const again = await host.join('node-idle', stranger(9));
  expect(again.last('registered').node_id).toBe('node-idle');
});

test('S10: one address brings only so many new nodes an hour; known ones and other addresses are let in', async () => {
  const host = await startHost();
  const come = async (number: number, address: string) => {
    const node = host.open(address);
    await node.say(register(`node-${number}`, stranger(number)));
    return node.all('registered').length === 1;
  };
  let admitted = 0;
  for (let number = 0; number < newPerHour + 20; number += 1) if (await come(number, '10.0.0.1')) admitted += 1;
  expect(admitted).toBe(newPerHour);
  expect([await come(0, '10.0.0.1'), await come(9_000, '10.0.0.2'), await come(9_001, '10.0.0.1')]).toEqual([
    true,
    true,
    false,
  ]);
  host.timers.advance(3_600_001);
  expect(await come(9_001, '10.0.0.1')).toBe(true);
}, 30_000);
