import { useEffect, useState } from 'react';
import { useApi } from './api.ts';

export type FileAddress = { state: 'loading' } | { state: 'here'; url: string } | { state: 'failed' };

/** An address of a file's content for as long as the component stands. */
export function useFileUrl(fileId: string): FileAddress {
  const { host } = useApi();
  const [found, setFound] = useState<{ fileId: string; address: FileAddress } | null>(null);
  useEffect(() => {
    let gone = false;
    let release = () => {};
    host.fileUrl(fileId).then(
      (file) => {
        if (gone) return file.release();
        release = file.release;
        setFound({ fileId, address: { state: 'here', url: file.url } });
      },
      () => gone || setFound({ fileId, address: { state: 'failed' } }),
    );
    return () => {
      gone = true;
      release();
    };
  }, [fileId, host]);
  return found?.fileId === fileId ? found.address : { state: 'loading' };
}
