import './menu.css';
import { ContextMenu as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { MenuItemContent, type MenuItemProps } from './menu.tsx';

interface ContextMenuProps {
  /** What is pressed with the other button, or with the menu key. */
  area: ReactElement;
  children: ReactNode;
}

/** The menu of a thing, at the pointer. */
export const ContextMenu = ({ area, children }: ContextMenuProps) => (
  <Radix.Root>
    <Radix.Trigger asChild>{area}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content className="ui-menu" collisionPadding={8} loop>
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);

export const ContextMenuItem = ({ onSelect, disabled = false, danger = false, ...content }: MenuItemProps) => (
  <Radix.Item
    className="ui-menu-item"
    onSelect={onSelect}
    disabled={disabled}
    {...(danger ? { 'data-danger': '' } : {})}
  >
    <MenuItemContent {...content} />
  </Radix.Item>
);

export const ContextMenuLine = () => <Radix.Separator className="ui-menu-line" />;
