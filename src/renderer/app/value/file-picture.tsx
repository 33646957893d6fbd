import { FileText } from 'lucide-react';
import { useFileUrl } from '../../api/use-file-url.ts';
import { Icon } from '../../ui/icon.tsx';

interface FilePictureProps {
  fileId: string;
  name: string;
  className?: string;
}

/** A picture of the workspace's files; a plain sheet until it is here, and where it is gone. */
export function FilePicture({ fileId, name, className }: FilePictureProps) {
  const address = useFileUrl(fileId);
  if (address.state !== 'here') {
    return (
      <i
        className={`grid place-items-center text-ink-3 ${className ?? ''}`}
        {...(address.state === 'failed' ? { title: `${name} is not there any more` } : {})}
      >
        <Icon of={FileText} size={12} />
      </i>
    );
  }
  return (
    <img
      src={address.url}
      alt={name}
      title={name}
      loading="lazy"
      decoding="async"
      draggable={false}
      className={className}
    />
  );
}
