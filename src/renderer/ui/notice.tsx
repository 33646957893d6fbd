import './notice.css';
import { CircleCheck, CircleX, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** answer = "who can run this and when", on the soft highlighter. */
export type NoticeTone = 'plain' | 'warn' | 'fail' | 'done' | 'answer';

const icons: Partial<Record<NoticeTone, LucideIcon>> = { warn: TriangleAlert, fail: CircleX, done: CircleCheck };

interface NoticeProps {
  tone?: NoticeTone;
  /** Read out when it appears. */
  live?: boolean;
  className?: string;
  children: ReactNode;
}

/** What happened, what happens next, what you can do; first words in bold. */
export function Notice({ tone = 'plain', live = false, className, children }: NoticeProps) {
  const icon = icons[tone];
  return (
    <div className={`ui-notice ${className ?? ''}`} data-tone={tone} {...(live ? { role: 'status' } : {})}>
      {icon && <Icon of={icon} size={14} />}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
