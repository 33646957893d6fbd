import './segmented.css';
import type { LucideIcon } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { Icon } from './icon.tsx';

export interface Segment<Value extends string> {
  value: Value;
  label: string;
  icon?: LucideIcon;
  count?: number;
}

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  segments: readonly Segment<Value>[];
  onChange: (value: Value) => void;
  size?: 'm' | 'touch';
  fill?: boolean;
}

/** A choice between a few views of the same thing. */
export function Segmented<Value extends string>({
  label,
  value,
  segments,
  onChange,
  size = 'm',
  fill = false,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      className="ui-seg"
      data-size={size}
      {...(fill ? { 'data-fill': '' } : {})}
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== '' && onChange(next as Value)}
    >
      {segments.map((segment) => (
        <ToggleGroup.Item key={segment.value} value={segment.value}>
          {segment.icon && <Icon of={segment.icon} size={14} />}
          {segment.label}
          {segment.count !== undefined && <span className="ui-seg-count">{segment.count}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
