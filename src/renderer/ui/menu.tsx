import './menu.css';
import { Check, type LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { Kbd } from './kbd.tsx';

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'right' | 'bottom' | 'left';
  width?: number;
  children: ReactNode;
}

/** A menu under a button. Put MenuItem, MenuChoice, MenuCaption and MenuLine into it. */
export function Menu({ trigger, align = 'end', side = 'bottom', width, children }: MenuProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="ui-menu"
          align={align}
          side={side}
          sideOffset={5}
          collisionPadding={8}
          loop
          style={{ width }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface MenuItemProps {
  icon?: LucideIcon;
  /** Something else than an icon at the left: a chip. */
  lead?: ReactNode;
  keys?: string;
  end?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export const MenuItem = ({ onSelect, disabled = false, danger = false, ...content }: MenuItemProps) => (
  <Radix.Item
    className="ui-menu-item"
    onSelect={onSelect}
    disabled={disabled}
    {...(danger ? { 'data-danger': '' } : {})}
  >
    <MenuItemContent {...content} />
  </Radix.Item>
);

/** What stands in a row of a menu; shared with the context menu. */
export const MenuItemContent = ({
  icon,
  lead,
  keys,
  end,
  children,
}: Omit<MenuItemProps, 'onSelect' | 'danger' | 'disabled'>) => (
  <>
    {icon && <Icon of={icon} />}
    {lead}
    <span className="cut">{children}</span>
    {(end !== undefined || keys !== undefined) && (
      <span className="ui-menu-end">{keys === undefined ? end : <Kbd>{keys}</Kbd>}</span>
    )}
  </>
);

interface MenuChoiceProps<Value extends string> {
  value: Value;
  options: readonly { value: Value; label: string; lead?: ReactNode; note?: string }[];
  onChange: (value: Value) => void;
}

/** One of several, with a tick at the chosen one. */
export function MenuChoice<Value extends string>({ value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className="ui-menu-item">
          {option.lead}
          <span className="cut">{option.label}</span>
          <span className="ui-menu-end">
            {option.note}
            <Radix.ItemIndicator className="pl-2 text-ink">
              <Icon of={Check} size={14} />
            </Radix.ItemIndicator>
          </span>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export const MenuCaption = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="ui-menu-cap">{children}</Radix.Label>
);
export const MenuLine = () => <Radix.Separator className="ui-menu-line" />;
