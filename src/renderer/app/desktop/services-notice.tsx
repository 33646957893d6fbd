import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useDesktopStanding, useServiceActions } from './desktop-data.ts';
import { isInTrouble, serviceName, serviceWords } from './service-words.ts';

/** Above every page of the desktop app while one of its services has ended or cannot start. */
export function ServicesNotice() {
  const { desktop } = useApi().host;
  return desktop === null ? null : <Troubles desktop={desktop} />;
}

function Troubles({ desktop }: { desktop: Desktop }) {
  const troubles = (useDesktopStanding()?.services ?? []).filter(isInTrouble);
  const { restart, showLogs } = useServiceActions(desktop);
  return (
    <>
      {troubles.map((service) => (
        <Notice
          key={service.name}
          tone={service.state === 'failed' ? 'fail' : 'warn'}
          live={true}
          className="rounded-none border-x-0"
        >
          <span className="row flex-wrap gap-3">
            <span className="min-w-0 flex-1">
              <b>{serviceName(service)}</b> {serviceWords(service)}.
            </span>
            <Button size="s" onClick={() => showLogs.mutate()}>
              Show log
            </Button>
            <Button size="s" onClick={() => restart.mutate(service.name)}>
              Start now
            </Button>
          </span>
        </Notice>
      ))}
    </>
  );
}
