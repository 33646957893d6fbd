import { useNavigate, useSearch } from '@tanstack/react-router';
import { Columns2 } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { RunDetail } from '../../../../shared/model/run.ts';
import { IconButton } from '../../../ui/button.tsx';
import type { Chosen } from '../timeline-view.tsx';

const CompareDialog = lazy(() => import('./compare-dialog.tsx').then((module) => ({ default: module.CompareDialog })));

interface CompareButtonProps {
  detail: RunDetail;
  chosen: Chosen;
  title: string;
}

/** Lays the chosen step beside itself in another run; which one stands in the address, so that a link leads to it. */
export function CompareButton({ detail, chosen, title }: CompareButtonProps) {
  const { beside } = useSearch({ from: '/signed-in/w/$workspaceId/runs/$runId' });
  const navigate = useNavigate({ from: '/w/$workspaceId/runs/$runId' });
  const go = (other: string | undefined) => {
    const where = chosen.path === '' ? { step: chosen.step } : chosen;
    void navigate({ search: other === undefined ? where : { ...where, beside: other }, replace: true });
  };
  return (
    <>
      <IconButton icon={Columns2} size="s" variant="ghost" label="Compare with another run" onClick={() => go('')} />
      {beside !== undefined && (
        <Suspense fallback={null}>
          <CompareDialog
            detail={detail}
            chosen={chosen}
            title={title}
            other={beside}
            onOther={go}
            onClose={() => go(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}
