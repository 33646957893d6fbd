/** A binary heap: `before` says what comes out first. */
export interface Heap<Item> {
  push(item: Item): void;
  pop(): Item | undefined;
  peek(): Item | undefined;
}

export function createHeap<Item>(before: (left: Item, right: Item) => boolean): Heap<Item> {
  const items: Item[] = [];
  const at = (index: number) => items[index] as Item;
  const swap = (left: number, right: number) => {
    [items[left], items[right]] = [at(right), at(left)];
  };
  const rise = (from: number) => {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!before(at(child), at(parent))) return;
      swap(child, parent);
      child = parent;
    }
  };
  const sink = () => {
    for (let parent = 0; ; ) {
      let first = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < items.length && before(at(child), at(first))) first = child;
      }
      if (first === parent) return;
      swap(parent, first);
      parent = first;
    }
  };
  return {
    push(item) {
      items.push(item);
      rise(items.length - 1);
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink();
      }
      return top;
    },
    peek: () => items[0],
  };
}
