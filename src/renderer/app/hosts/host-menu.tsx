import { Plus, Server } from 'lucide-react';
import { useApi } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuCaption, MenuChoice, MenuItem } from '../../ui/menu.tsx';
import { formatDuration } from '../../ui/numbers.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { canBeShown, standingWords } from './host-words.ts';
import { here, showHost, useDesktop, useHosts } from './hosts-data.ts';
import { openHosts, openJoin } from './hosts-state.ts';

/** How long ago something was, for words about a host. */
export function useAgo(): (since: number) => string {
  const now = useNow(10_000);
  return (since) => formatDuration(Math.max(1_000, now - since));
}

/** The hosts in a menu: which one is shown, how each stands, and the way to another. */
export function HostItems() {
  const { choice } = useApi().host;
  const desktop = useDesktop();
  const hosts = useHosts();
  const ago = useAgo();
  const items = hosts?.items ?? [];
  const open = (id: string) => {
    if (id === choice) return;
    const host = items.find((one) => one.id === id);
    // What cannot be shown says why, with the way out.
    if (host !== undefined && !canBeShown(host)) openHosts();
    else void showHost(desktop, id);
  };
  const options = items.map((host) => {
    const { short, glyph } = standingWords(host.standing, ago);
    return { value: host.id, label: host.name, lead: <StateGlyph state={glyph} size={12} />, note: short };
  });
  return (
    <>
      <MenuCaption>Hosts</MenuCaption>
      {items.length > 0 && (
        <MenuChoice
          value={choice}
          options={[{ value: here.id, label: here.name, lead: <StateGlyph state="done" size={12} /> }, ...options]}
          onChange={open}
        />
      )}
      <MenuItem icon={Plus} onSelect={() => openJoin()}>
        Join a host
      </MenuItem>
      {items.length > 0 && (
        <MenuItem icon={Server} onSelect={openHosts}>
          All hosts
        </MenuItem>
      )}
    </>
  );
}

/** The same behind a button of its own, where no workspace stands around it. */
export function HostMenu() {
  const { choice } = useApi().host;
  const hosts = useHosts();
  if (hosts === null || hosts.items.length === 0) return null;
  const shown = hosts.items.find(({ id }) => id === choice);
  return (
    <Menu
      width={280}
      trigger={
        <Button size="s" variant="ghost" icon={Server}>
          {shown?.name ?? here.name}
        </Button>
      }
    >
      <HostItems />
    </Menu>
  );
}
