import { Button } from '../../ui/button.tsx';
import { here, showHost, useDesktop, useShownHost } from './hosts-data.ts';
import { openHosts, openJoin } from './hosts-state.ts';

/** In the app there is no signing in to a host on another machine: whoever is not known there any more joins anew. */
export function NotAMember() {
  const desktop = useDesktop();
  const host = useShownHost();
  const name = host?.name ?? 'This host';
  return (
    <>
      <h1 className="mt-5 text-20 font-strong">{name} does not know you any more</h1>
      <p className="mt-2 text-14 text-ink-2">
        Somebody there took you out of its workspaces, or ended this app's access. Ask for another invite if that was
        not meant.
      </p>
      <div className="mt-5 flex flex-wrap gap-2">
        <Button variant="main" onClick={() => void showHost(desktop, here.id)}>
          Open this computer
        </Button>
        <Button onClick={() => openJoin()}>I have another invite</Button>
        <Button onClick={openHosts}>All hosts</Button>
      </div>
    </>
  );
}
