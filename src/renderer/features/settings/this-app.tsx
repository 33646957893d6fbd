import type { DesktopStanding } from '../../../shared/model/desktop.ts';
import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { useDesktopStanding, useServiceActions, useSetChoices } from '../../app/desktop/desktop-data.ts';
import { serviceName, serviceWords } from '../../app/desktop/service-words.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { LoadingWords } from '../../ui/skeleton.tsx';
import { Switch } from '../../ui/switch.tsx';

/** The desktop app on this computer: when it runs, what it tells, and how its parts stand. A browser has none of it. */
export function ThisApp() {
  const { desktop } = useApi().host;
  return desktop === null ? null : <OfDesktop desktop={desktop} />;
}

function OfDesktop({ desktop }: { desktop: Desktop }) {
  const standing = useDesktopStanding();
  const { showLogs } = useServiceActions(desktop);
  return (
    <Panel
      title="This app"
      note="on this computer only"
      end={
        <Button size="s" onClick={() => showLogs.mutate()}>
          Show log files
        </Button>
      }
    >
      <div className="flex flex-col gap-4 p-4">
        {standing === undefined ? (
          <LoadingWords>Asking the app</LoadingWords>
        ) : (
          <>
            {standing.setAside !== null && (
              <Notice tone="warn">
                <b>Your settings could not be read.</b> They lie at {standing.setAside}; these are the usual ones.
              </Notice>
            )}
            <Choices desktop={desktop} standing={standing} />
            <Services desktop={desktop} standing={standing} />
            <p className="text-12 text-ink-3">{secretsWords[standing.secrets]}</p>
          </>
        )}
      </div>
    </Panel>
  );
}

const secretsWords = {
  keychain: 'Keys and secrets are closed up by the keychain of your account.',
  file: 'This computer has no keychain: keys and secrets are protected by the permissions of a file of your account alone.',
};

function Choices({ desktop, standing: { choices } }: { desktop: Desktop; standing: DesktopStanding }) {
  const set = useSetChoices(desktop);
  return (
    <div className="grid gap-4 narrow:grid-cols-2">
      <Field label="Go on in the tray" help="With the window closed this computer goes on working for your team.">
        <Switch
          on={choices.background === 'on'}
          disabled={set.isPending}
          onChange={(on) => set.mutate({ background: on ? 'on' : 'off' })}
        />
      </Field>
      <Field label="Start when I sign in" help="In the tray, where it may go on there.">
        <Switch
          on={choices.openAtLogin}
          disabled={set.isPending}
          onChange={(openAtLogin) => set.mutate({ openAtLogin })}
        />
      </Field>
      <Field label="Tell me" help="Runs that ended and approvals that wait, while you look elsewhere.">
        <Switch on={choices.notify} disabled={set.isPending} onChange={(notify) => set.mutate({ notify })} />
      </Field>
      <Field label="Frame of the system" help="Windows look as your system draws them, from the next start.">
        <Switch
          on={choices.nativeFrame === true}
          disabled={set.isPending}
          onChange={(nativeFrame) => set.mutate({ nativeFrame })}
        />
      </Field>
    </div>
  );
}

function Services({ desktop, standing: { services } }: { desktop: Desktop; standing: DesktopStanding }) {
  const { restart } = useServiceActions(desktop);
  return (
    <ul className="flex flex-col gap-2">
      {services.map((service) => (
        <li key={service.name} className="row gap-3">
          <span className="min-w-0 flex-1">
            <b>{serviceName(service)}</b> {serviceWords(service)}.
          </span>
          <Button
            size="s"
            disabled={service.state === 'starting' || service.state === 'stopping'}
            onClick={() => restart.mutate(service.name)}
          >
            Restart
          </Button>
        </li>
      ))}
    </ul>
  );
}
