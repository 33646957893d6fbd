import { useEffect, useState } from 'react';
import type { DesktopLink } from '../../../shared/model/desktop.ts';
import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { openJoin } from '../hosts/hosts-state.ts';
import type { createAppRouter } from '../router.tsx';
import { createSystemNotices } from './system-notices.ts';

type FlowLink = Extract<DesktopLink, { kind: 'flow' }>;

/**
 * What comes from outside the page: links that were opened with the app, clicks on messages of the system; and what goes to the
 * system. A link only opens a dialog: nothing is done before somebody agrees (S11).
 */
export function DesktopLinks({ desktop, router }: { desktop: Desktop; router: ReturnType<typeof createAppRouter> }) {
  const { feed } = useApi();
  const [flow, setFlow] = useState<FlowLink | null>(null);
  useEffect(() => {
    const take = () =>
      void desktop.call('takeLink').then((link) => {
        if (link?.kind === 'join') openJoin(link.link);
        else if (link !== null) setFlow(link);
      });
    take();
    return desktop.on('link', take);
  }, [desktop]);
  useEffect(() => desktop.on('open', (path) => router.history.push(path)), [desktop, router]);
  useEffect(() => feed.hear(createSystemNotices((notice) => void desktop.call('notify', notice))), [desktop, feed]);
  if (flow === null) return null;
  const open = () => {
    setFlow(null);
    router.history.push(`/w/${flow.workspaceId}/flows/${flow.flowId}`);
  };
  return (
    <Dialog
      open={true}
      onOpenChange={(isOpen) => !isOpen && setFlow(null)}
      title="Open the flow of a link?"
      text="A link outside OtherThing leads to a flow of yours. It is only opened; nothing is run."
      foot={
        <>
          <Button onClick={() => setFlow(null)}>Not now</Button>
          <Button variant="main" onClick={open}>
            Open the flow
          </Button>
        </>
      }
    />
  );
}
