/** Those who want to be told of something. */
export function listenersOf<Event>() {
  const all = new Set<(event: Event) => void>();
  return {
    get any() {
      return all.size > 0;
    },
    tell(event: Event) {
      for (const listener of all) listener(event);
    },
    add(listener: (event: Event) => void) {
      all.add(listener);
      return () => void all.delete(listener);
    },
  };
}
