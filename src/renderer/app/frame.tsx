import './frame.css';
import { Link, Outlet, useMatches } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Logo } from '../ui/logo.tsx';
import { ServicesNotice } from './desktop/services-notice.tsx';
import { LiveMark } from './live-mark.tsx';
import { footPages } from './pages.ts';
import { Palette } from './palette.tsx';
import { openPalette } from './palette-state.ts';
import { Rail, Sidebar } from './sidebar.tsx';
import { TitleBar } from './title-bar.tsx';
import { useNarrow } from './use-media.ts';
import { useWorkspace } from './workspace.ts';

/** The frame around the pages of a workspace. */
export function Frame() {
  const narrow = useNarrow();
  return (
    <>
      <a href="#page" className="skip-link ui-button" data-variant="plain" data-size="m">
        To the page
      </a>
      {narrow ? <NarrowFrame /> : <WideFrame />}
      <Palette />
    </>
  );
}

const pageClass = 'relative flex min-h-0 min-w-0 flex-col overflow-hidden bg-canvas outline-none';

function WideFrame() {
  const railed = useMatches({ select: (matches) => matches.some((match) => match.staticData.frame === 'rail') });
  return (
    <div className="grid h-full grid-rows-[36px_auto_minmax(0,1fr)] bg-frame">
      <TitleBar />
      {/* Always there: its row of the grid must not be the page's. */}
      <div>
        <ServicesNotice />
      </div>
      <div className={`grid min-h-0 ${railed ? 'grid-cols-[52px_minmax(0,1fr)]' : 'grid-cols-[224px_minmax(0,1fr)]'}`}>
        {railed ? <Rail /> : <Sidebar />}
        <main id="page" tabIndex={-1} className={`${pageClass} border-l border-line`}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

function NarrowFrame() {
  const workspace = useWorkspace();
  const alone = useMatches({ select: (matches) => matches.some((match) => match.staticData.alone === true) });
  if (alone) {
    return (
      <main id="page" tabIndex={-1} className={`${pageClass} h-full`}>
        <Outlet />
      </main>
    );
  }
  return (
    <div className="grid h-full grid-rows-[52px_minmax(0,1fr)_60px] bg-surface">
      <header className="row gap-2.5 border-b border-line bg-surface pr-1 pl-4">
        <Logo />
        <span className="cut flex-1 font-strong">{workspace.name}</span>
        <LiveMark />
        <IconButton icon={Search} label="Find" size="touch" variant="ghost" onClick={openPalette} />
      </header>
      <main id="page" tabIndex={-1} className={pageClass}>
        <Outlet />
      </main>
      <nav aria-label="Pages" className="grid grid-cols-4 border-t border-line bg-surface">
        {footPages.map((page) => (
          <Link key={page.to} to={page.to} from="/w/$workspaceId" className="foot-link">
            <Icon of={page.icon} size={20} />
            {page.label}
          </Link>
        ))}
      </nav>
    </div>
  );
}
