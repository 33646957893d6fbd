import { HostFault } from './host-executor.ts';

/** All of a stream; rejects a HostFault `content_too_large` beyond so many bytes. */
export async function readAll(
  stream: AsyncIterable<unknown>,
  maxBytes: number,
  tooLarge: () => HostFault = () => new HostFault('content_too_large', `It is larger than ${maxBytes} bytes`),
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) throw tooLarge();
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
