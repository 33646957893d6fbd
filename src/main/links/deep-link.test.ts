import { expect, test } from 'vitest';
import { linkAmong, parseDeepLink } from './deep-link.ts';

const code = 'a'.repeat(43);

test('S11: a link has exactly one of two forms, everything else is nothing', () => {
  const join = `otherthing://join/pool.example:4180/${code}`;
  expect(parseDeepLink(join)).toEqual({ kind: 'join', link: join });
  expect(parseDeepLink('otherthing://flow/ws-1/flow-2')).toEqual({
    kind: 'flow',
    workspaceId: 'ws-1',
    flowId: 'flow-2',
  });
  for (const wrong of [
    'otherthing://flow/ws-1',
    'otherthing://flow/ws-1/flow-2/run',
    'otherthing://flow/../flow-2',
    'otherthing://flow/ws-1/flow-2?start=1',
    'otherthing://flow/ws-1/flow-2\n',
    `otherthing://join/pool.example/${code}/more`,
    `otherthing://join/pool.example@evil.example/${code}`,
    'otherthing://quit',
    'https://join/x',
  ])
    expect(parseDeepLink(wrong)).toBeNull();
});

test('the link is found among the arguments of a start', () => {
  const join = `otherthing://join/pool.example/${code}`;
  expect(linkAmong(['/opt/app', '--flag', join])).toEqual({ kind: 'join', link: join });
  expect(linkAmong(['/opt/app', '--otherthing:'])).toBeNull();
});
