import { lazy, Suspense } from 'react';
import { useApi } from '../../api/api.ts';
import type { createAppRouter } from '../router.tsx';

const DesktopLinks = lazy(() => import('./desktop-links.tsx').then((module) => ({ default: module.DesktopLinks })));

/** Stands once at the root of the app; a browser has none of it. */
export function LazyDesktopLinks({ router }: { router: ReturnType<typeof createAppRouter> }) {
  const { desktop } = useApi().host;
  if (desktop === null) return null;
  return (
    <Suspense fallback={null}>
      <DesktopLinks desktop={desktop} router={router} />
    </Suspense>
  );
}
