import type { ReactNode } from 'react';
import type { NodeReport, NodeRules } from '../../../shared/model/this-node.ts';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Change } from './own-node.ts';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const hours = Array.from({ length: 24 }, (_, hour) => hour);

interface RulesProps {
  rules: NodeRules;
  power: NodeReport['power'];
  change: Change;
}

/** When the machine may be used, and when it steps aside by itself. */
export function Rules({ rules, power, change }: RulesProps) {
  const set = (chosen: Partial<NodeRules>) => change({ do: 'change', settings: { rules: chosen } });
  return (
    <Panel className="grid wide:grid-cols-[minmax(0,1fr)_308px]">
      <div className="min-w-0 border-line px-4 py-3 wide:border-r">
        <div className="mb-2 row">
          <h2 className="font-strong">Hours</h2>
          <span className="ml-auto row gap-2 text-12 text-ink-2">
            At any time
            <Switch on={rules.anyTime} label="At any time" onChange={(anyTime) => set({ anyTime })} />
          </span>
        </div>
        <Week rules={rules} set={set} />
      </div>
      <div className="px-4 py-3">
        <h2 className="mb-1 font-strong">Step aside</h2>
        <Rule
          word="When I use the computer"
          note={
            power.idleSeconds === null
              ? 'only the desktop app can tell'
              : `and come back after ${rules.idleMinutes} min idle`
          }
        >
          <Switch
            on={rules.pauseInUse}
            label="Step aside when I use the computer"
            disabled={power.idleSeconds === null && !rules.pauseInUse}
            onChange={(pauseInUse) => set({ pauseInUse })}
          />
        </Rule>
        <Rule
          word="On battery"
          note={power.onBattery === null ? 'only the desktop app can tell' : 'and come back when it is plugged in'}
        >
          <Switch
            on={rules.pauseOnBattery}
            label="Step aside on battery"
            onChange={(pauseOnBattery) => set({ pauseOnBattery })}
          />
        </Rule>
        <p className="mt-1 text-12 text-ink-3">What runs is finished; nothing new is begun.</p>
      </div>
    </Panel>
  );
}

const Rule = ({ word, note, children }: { word: string; note: string; children: ReactNode }) => (
  <div className="row min-h-10 gap-3">
    <span className="min-w-0 flex-1 leading-[17px]">
      {word}
      <span className="block text-12 text-ink-3">{note}</span>
    </span>
    {children}
  </div>
);

/** One button for each hour of the week, and one for each whole day. */
function Week({ rules, set }: { rules: NodeRules; set: (chosen: Partial<NodeRules>) => void }) {
  const now = new Date(useNow(60_000));
  const today = (now.getDay() + 6) % 7;
  const replace = (day: number, chosen: number[]) =>
    set({ anyTime: false, week: rules.week.map((old, index) => (index === day ? chosen : old)) });
  const toggle = (day: number, hour: number) => {
    const shared = rules.week[day] ?? [];
    replace(
      day,
      shared.includes(hour) ? shared.filter((one) => one !== hour) : [...shared, hour].sort((a, b) => a - b),
    );
  };
  return (
    <div className="grid gap-y-0.75 text-11 text-ink-3">
      {days.map((name, day) => {
        const shared = rules.week[day] ?? [];
        return (
          <fieldset key={name} className="grid grid-cols-[40px_1fr] items-center" aria-label={name}>
            <button
              type="button"
              className={`text-left ${day === today ? 'font-strong text-ink' : ''}`}
              aria-label={`${name}, all day`}
              onClick={() => replace(day, shared.length === 24 ? [] : hours)}
            >
              {name}
            </button>
            <span
              className={`grid gap-0.5 ${rules.anyTime ? 'opacity-50' : ''}`}
              style={{ gridTemplateColumns: 'repeat(24, minmax(0, 1fr))' }}
            >
              {hours.map((hour) => (
                <button
                  key={hour}
                  type="button"
                  title={`${name} ${hour}–${hour + 1}`}
                  aria-label={`${name} ${hour} to ${hour + 1}`}
                  aria-pressed={shared.includes(hour)}
                  className={`h-6 rounded-2 ${shared.includes(hour) ? 'bg-ink-2' : 'bg-track'} ${day === today && hour === now.getHours() ? 'outline outline-2 outline-select' : ''}`}
                  onClick={() => toggle(day, hour)}
                />
              ))}
            </span>
          </fieldset>
        );
      })}
      <span className="grid grid-cols-[40px_1fr]">
        <span />
        <span className="grid grid-cols-4">
          {[0, 6, 12, 18].map((hour) => (
            <span key={hour}>{hour}</span>
          ))}
        </span>
      </span>
    </div>
  );
}
