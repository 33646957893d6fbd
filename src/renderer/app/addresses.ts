/** Whether an origin can be reached from its own machine only. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}

/** What stands behind the @ when a machine joins: host and port. */
export const joinAddress = (origin: string): string => new URL(origin).host;
