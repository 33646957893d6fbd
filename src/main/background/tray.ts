import { Menu, nativeImage, Tray } from 'electron';
import { resourcePath } from '../../platform/paths.ts';

interface TrayActions {
  open(): void;
  quit(): void;
}

/** The mark in the system's tray, with which one gets the window back and ends the app; the answer takes it away. */
export function openTray({ open, quit }: TrayActions): () => void {
  const icon = nativeImage.createFromPath(resourcePath('icons', 'icon.png')).resize({ width: 22, height: 22 });
  const tray = new Tray(icon);
  tray.setToolTip('OtherThing: this computer contributes');
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open OtherThing', click: open },
      { type: 'separator' },
      { label: 'Quit', click: quit },
    ]),
  );
  tray.on('click', open);
  return () => tray.destroy();
}
