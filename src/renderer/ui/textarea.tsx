import './field.css';
import type { ComponentProps } from 'react';
import { useFieldLinks } from './field.tsx';

/** Several lines of text. */
export function Textarea({ mono = false, className, ...rest }: ComponentProps<'textarea'> & { mono?: boolean }) {
  return (
    <textarea
      {...useFieldLinks()}
      {...rest}
      className={`ui-input ${className ?? ''}`}
      {...(mono ? { 'data-mono': '' } : {})}
    />
  );
}
