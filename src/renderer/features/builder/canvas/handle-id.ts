/** Ids of handles within a step: a step may have an input and an output of the same name. */
export const handleId = (side: 'input' | 'output', port: string): string => `${side === 'input' ? 'i' : 'o'}:${port}`;

export const portOfHandle = (handle: string | null | undefined): string => handle?.slice(2) ?? '';
