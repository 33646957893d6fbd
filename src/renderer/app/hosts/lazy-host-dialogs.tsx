import { lazy, Suspense } from 'react';
import { useApi } from '../../api/api.ts';
import { useHostDialogs } from './hosts-state.ts';

const HostDialogs = lazy(() => import('./host-dialogs.tsx').then((module) => ({ default: module.HostDialogs })));

/** Stands once at the root of the app; a browser knows one host alone and has none of it. */
export function LazyHostDialogs() {
  const { desktop } = useApi().host;
  const open = useHostDialogs((state) => state.open);
  if (desktop === null || open === null) return null;
  return (
    <Suspense fallback={null}>
      <HostDialogs />
    </Suspense>
  );
}
