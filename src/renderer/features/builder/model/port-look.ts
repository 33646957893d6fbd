import type { PortBase } from '../../../ui/port-shape.tsx';

export interface TypeLook {
  base: PortBase;
  list: boolean;
  stream: boolean;
}

const bases: readonly PortBase[] = ['text', 'number', 'boolean', 'json', 'file', 'image', 'embedding', 'any'];

/** How a port type is drawn: `list<image>` is an image in brackets, `stream<text>` a text with a wave. */
export function typeLook(type: string): TypeLook {
  const wrapped = /^(list|stream)<(.+)>$/.exec(type);
  if (wrapped !== null) {
    const inner = typeLook(wrapped[2] ?? 'any');
    return { base: inner.base, list: wrapped[1] === 'list', stream: wrapped[1] === 'stream' };
  }
  const base = bases.find((known) => known === type) ?? 'any';
  return { base, list: false, stream: false };
}
