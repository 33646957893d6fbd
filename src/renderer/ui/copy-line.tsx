import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { copyText } from './copy.ts';
import { toast } from './toasts.tsx';

/** Whether a copy was just made; puts the text on the clipboard. */
export function useCopy(text: string): { copied: boolean; copy: () => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    void copyText(text).then((done) => {
      if (done) setCopied(true);
      else toast({ text: 'The browser did not allow the copy. Select the text and copy it by hand.', sign: 'look' });
    });
  };
  return { copied, copy };
}

export function CopyButton({ text, label = 'Copy', size = 's' }: { text: string; label?: string; size?: 's' | 'm' }) {
  const { copied, copy } = useCopy(text);
  return (
    <Button size={size} icon={copied ? Check : Copy} onClick={copy}>
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </Button>
  );
}

/** A command to run somewhere else, with a button that copies it. */
export const CopyLine = ({ text, className }: { text: string; className?: string }) => (
  <div className={`row gap-2 rounded-control bg-sunken py-1.5 pr-1.5 pl-3 ${className ?? ''}`}>
    <code className="min-w-0 flex-1 text-12 break-all select-all">{text}</code>
    <CopyButton text={text} />
  </div>
);
