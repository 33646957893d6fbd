import { useCanGoBack, useRouter } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight, Search } from 'lucide-react';
import { useApi } from '../api/api.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Logo } from '../ui/logo.tsx';
import { useDesktopStanding } from './desktop/desktop-data.ts';
import { HostMenu } from './hosts/host-menu.tsx';
import { LiveMark } from './live-mark.tsx';
import { openPalette } from './palette-state.ts';

/** 36 px: mark, back and forward, the palette's field, Live. In the desktop window it is what one drags it by. */
export function TitleBar({ bare = false }: { bare?: boolean }) {
  const platform = useApi().host.desktop?.platform;
  // With the system's own frame the bar is part of the page: nothing lies over it, and nothing is dragged by it.
  const own = useDesktopStanding()?.frame !== 'native';
  const room = platform === 'darwin' && own ? 'pl-[78px]' : 'pl-4';
  return (
    <header
      className={`title-bar grid h-9 flex-none grid-cols-[1fr_minmax(0,400px)_1fr] items-center gap-3 border-b border-line bg-frame pr-4 ${room}`}
      data-desktop={own ? platform : undefined}
    >
      <div className="row">
        <Logo />
        <span className="ml-2.25 font-strong tracking-[-0.012em]">OtherThing</span>
        <BackAndForward />
      </div>
      {bare ? <span /> : <PaletteField />}
      <div className="row justify-end">{bare ? platform !== undefined && <HostMenu /> : <LiveMark />}</div>
    </header>
  );
}

function BackAndForward() {
  const { history } = useRouter();
  const back = useCanGoBack();
  return (
    <span className="row ml-4 gap-0.5">
      <IconButton
        size="s"
        variant="ghost"
        icon={ArrowLeft}
        label="Back"
        disabled={!back}
        onClick={() => history.back()}
      />
      <IconButton size="s" variant="ghost" icon={ArrowRight} label="Forward" onClick={() => history.forward()} />
    </span>
  );
}

const PaletteField = () => (
  <button
    type="button"
    onClick={openPalette}
    className="row h-6.5 w-full gap-2 rounded-control bg-hover pr-1.5 pl-2.25 text-12 text-ink-3 hover:bg-press"
  >
    <Icon of={Search} size={14} />
    <span className="cut">Find a flow, a node, an action</span>
    <Kbd className="ml-auto">{paletteKeys}</Kbd>
  </button>
);

const paletteKeys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';
