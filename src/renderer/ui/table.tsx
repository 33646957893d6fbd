import './table.css';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';

export interface Column {
  /** Empty for a column of actions; give `label` then. */
  head: ReactNode;
  label?: string;
  /** CSS width; the rest is shared. */
  width?: string;
  right?: boolean;
  /** Also shown on narrow screens; default true. */
  narrow?: boolean;
}

interface TableProps {
  label: string;
  columns: readonly Column[];
  rows?: 'plain' | 'rich' | 'dense';
  fixed?: boolean;
  /** TableRows. */
  children: ReactNode;
}

export function Table({ label, columns, rows = 'plain', fixed = false, children }: TableProps) {
  const wideOnly = columns.flatMap(({ narrow }, index) => (narrow === false ? [index + 1] : [])).join(' ');
  return (
    <table
      className="ui-table"
      data-rows={rows}
      data-wide-only={wideOnly}
      aria-label={label}
      style={fixed ? { tableLayout: 'fixed' } : {}}
    >
      <colgroup>
        {columns.map((column, index) => (
          <col key={columnKey(column, index)} style={column.width === undefined ? {} : { width: column.width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={columnKey(column, index)} scope="col" {...(column.right === true ? { 'data-right': '' } : {})}>
              {column.label === undefined ? column.head : <span className="sr-only">{column.label}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

const columnKey = (column: Column, index: number) =>
  column.label ?? (typeof column.head === 'string' ? column.head : `column-${index}`);

interface TableRowProps {
  /** Opening the row by a press anywhere on it that is not a control of its own; the first cell holds the real link or button. */
  onOpen?: () => void;
  selected?: boolean;
  className?: string;
  children: ReactNode;
}

const ownControls = 'a, button, input, select, textarea, label, [role="menuitem"]';

export function TableRow({ onOpen, selected, className, children }: TableRowProps) {
  const open = (event: MouseEvent | KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest(ownControls) === null) onOpen?.();
  };
  return (
    // The first cell holds a link or a button for the keyboard; this only widens its target.
    <tr
      className={className}
      {...(onOpen === undefined ? {} : { onClick: open, 'data-href': '' })}
      {...(selected === undefined ? {} : { 'aria-selected': selected })}
    >
      {children}
    </tr>
  );
}
