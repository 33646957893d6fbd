import { FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApi } from '../../../api/api.ts';
import { Icon } from '../../../ui/icon.tsx';

/** The address of a file's content that an <img> can load; null until it is known, or where it can't be had. */
export function useFileUrl(fileId: string): string | null {
  const { host } = useApi();
  const [known, setKnown] = useState<{ fileId: string; url: string } | null>(null);
  useEffect(() => {
    let release: (() => void) | null = null;
    let wanted = true;
    host.fileUrl(fileId).then(
      (file) => {
        if (!wanted) return file.release();
        release = file.release;
        setKnown({ fileId, url: file.url });
      },
      () => undefined,
    );
    return () => {
      wanted = false;
      release?.();
    };
  }, [fileId, host]);
  return known?.fileId === fileId ? known.url : null;
}

interface FilePictureProps {
  fileId: string;
  name: string;
  className?: string;
}

/** A picture of the workspace's files; a plain sheet until it is here. */
export function FilePicture({ fileId, name, className }: FilePictureProps) {
  const url = useFileUrl(fileId);
  if (url === null) {
    return (
      <i className={`grid place-items-center text-ink-3 ${className ?? ''}`}>
        <Icon of={FileText} size={12} />
      </i>
    );
  }
  return (
    <img src={url} alt={name} title={name} loading="lazy" decoding="async" draggable={false} className={className} />
  );
}
