import { AppError } from '../../../shared/errors.ts';
import { useApi } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { here, showHost } from './hosts-data.ts';
import { openHosts } from './hosts-state.ts';

/** What else one can do where a host on another machine does not answer as it should. */
export function HostActions({ error }: { error: unknown }) {
  const { desktop, choice } = useApi().host;
  if (desktop === null || choice === here.id) return null;
  return (
    <>
      {error instanceof AppError && error.code === 'certificate_changed' && (
        <Button size="l" onClick={openHosts}>
          Compare the certificates
        </Button>
      )}
      <Button size="l" onClick={() => void showHost(desktop, here.id)}>
        Open this computer
      </Button>
    </>
  );
}
