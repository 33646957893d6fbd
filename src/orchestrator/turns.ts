/** Does things that concern the same name one after another, in the order they were asked for. */
export interface Turns {
  take<Value>(name: string, act: () => Promise<Value>): Promise<Value>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take(name, act) {
      const mine = (last.get(name) ?? Promise.resolve()).then(act);
      const settled = mine.catch(() => undefined);
      last.set(name, settled);
      void settled.then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
      return mine;
    },
  };
}
