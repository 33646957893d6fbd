import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';

interface Item {
  label?: string;
  click?: () => void;
  submenu?: Item[];
}

const trays = new Set<Tray>();

/** A menu is a list of items; whoever tests the app presses one by its label (controls.ts). */
export class Menu {
  readonly items: Item[];

  private constructor(items: Item[]) {
    this.items = items;
  }

  static buildFromTemplate(items: Item[]): Menu {
    return new Menu(items);
  }

  static setApplicationMenu(menu: Menu): void {
    applicationMenu = menu;
  }
}
let applicationMenu: Menu | null = null;

export class Tray extends EventEmitter {
  menu: Menu | null = null;

  constructor(_icon: object) {
    super();
    trays.add(this);
    console.log('seen: tray shown');
  }

  setToolTip(): void {}

  setContextMenu(menu: Menu): void {
    this.menu = menu;
  }

  destroy(): void {
    trays.delete(this);
    console.log('seen: tray gone');
  }
}

export const nativeImage = {
  createFromPath(path: string) {
    if (!existsSync(path)) throw new Error(`There is no image ${path}`);
    return { resize: () => ({}) };
  },
};

/** Presses the item with this label, of the tray or of the application menu. */
export function press(label: string): void {
  const menus = [...[...trays].map(({ menu }) => menu), applicationMenu];
  const items = menus.flatMap((menu) => menu?.items ?? []).flatMap((item) => [item, ...(item.submenu ?? [])]);
  const item = items.find((one) => one.label === label);
  if (item?.click === undefined) throw new Error(`There is no item "${label}"`);
  item.click();
}
