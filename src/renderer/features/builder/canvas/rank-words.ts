/** How well an entry answers what was typed: its name from the start, then within it, then its other words; 0 where not at all. */
export function rankWords(value: string, search: string, keywords: readonly string[] = []): number {
  const wanted = search.trim().toLowerCase();
  const [name = value, ...others] = keywords.map((word) => word.toLowerCase());
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 0.8;
  if (others.some((word) => word.includes(wanted)) || value.toLowerCase().includes(wanted)) return 0.4;
  return wanted.split(/\s+/).every((part) => [name, ...others].some((word) => word.includes(part))) ? 0.2 : 0;
}
