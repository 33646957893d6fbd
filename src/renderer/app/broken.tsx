import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import { LoadError } from './page-states.tsx';
import { TitleBar } from './title-bar.tsx';

/** A page that failed while it loaded or was drawn. Tries again by itself while the host is away. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const [retrying, setRetrying] = useState(false);
  const hostAway = !(error instanceof AppError) || error.code === 'host_away';
  useEffect(() => {
    if (!hostAway) return;
    const timer = setInterval(() => void router.invalidate(), 5000);
    return () => clearInterval(timer);
  }, [hostAway, router]);
  const retry = () => {
    setRetrying(true);
    reset();
    void router.invalidate().finally(() => setRetrying(false));
  };
  return (
    <div className="flex min-h-0 flex-1 overflow-auto bg-surface">
      <LoadError title="This page could not be loaded" error={error} onRetry={retry} retrying={retrying} />
    </div>
  );
}

/** The same where no frame stands around it yet. */
export const BrokenAlone = (props: ErrorComponentProps) => (
  <div className="grid h-full grid-rows-[36px_minmax(0,1fr)] bg-frame">
    <TitleBar bare />
    <main className="flex min-h-0">
      <h1 className="sr-only">OtherThing</h1>
      <Broken {...props} />
    </main>
  </div>
);
