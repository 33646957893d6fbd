import { ValueWithTools } from './value-tools.tsx';
import { ValueView } from './value-view.tsx';

interface PortValuesProps {
  values: Record<string, unknown>;
  cut: readonly string[];
  empty: string;
  /** Also as JSON or Markdown, to copy and to take along. */
  tools?: boolean;
}

/** The values of several ports: one alone stands for itself. */
export function PortValues({ values, cut, empty, tools = false }: PortValuesProps) {
  const ports = Object.entries(values);
  if (ports.length === 0) return <p className="text-12 text-ink-3">{empty}</p>;
  return (
    <div className="flex flex-col gap-3">
      {ports.map(([port, value]) => (
        <div key={port} className="flex flex-col gap-1">
          {ports.length > 1 && <span className="text-12 text-ink-3">{port}</span>}
          {tools ? <ValueWithTools name={port} value={value} /> : <ValueView value={value} />}
          {cut.includes(port) && <p className="text-11 text-ink-3">Only the beginning is shown here.</p>}
        </div>
      ))}
    </div>
  );
}
