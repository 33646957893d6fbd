import './agent-calls.css';
import { useMemo } from 'react';
import type { AgentCall } from '../../shared/model/agent.ts';
import { callsIn } from '../../shared/model/agent-calls.ts';
import { useJobOutput } from '../api/use-job-output.ts';
import { CodeText } from '../ui/code-text.tsx';
import { formatCount, formatDuration } from '../ui/numbers.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { type GlyphState, StateGlyph } from '../ui/state-glyph.tsx';
import { RunLink } from './run-link.tsx';

const glyphs: Record<AgentCall['state'], GlyphState> = { going_on: 'running', succeeded: 'done', failed: 'failed' };

/** Everything that an agent does, as it does it: each turn of its model, each call of a tool, to be opened. */
export function AgentCalls({ jobId }: { jobId: string }) {
  const { chunks, cut, state } = useJobOutput(jobId);
  const calls = useMemo(() => callsIn(chunks), [chunks]);
  if (state === 'loading') return <Skeleton width="100%" height={96} />;
  if (state === 'failed') return <p className="text-12 text-ink-3">The calls could not be loaded.</p>;
  if (calls.length === 0) return <p className="text-12 text-ink-3">It has called nothing yet.</p>;
  return (
    <>
      {cut && <p className="text-12 text-ink-3">The first ones are no longer kept here; the output Calls has them.</p>}
      <ol className="agent-calls" aria-label="Calls">
        {calls.map((call) => (
          <li key={call.number} data-what={call.what}>
            <Call call={call} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Call({ call }: { call: AgentCall }) {
  const { what, name, turn, ms, usage, earlier } = call;
  const tokens = usage === undefined ? '' : `${formatCount(usage.inputTokens + usage.outputTokens)} tokens`;
  const took = earlier === true ? 'done before' : ms === undefined ? '' : formatDuration(ms);
  return (
    <details>
      <summary>
        <StateGlyph state={glyphs[call.state]} />
        <b className={what === 'tool' ? 'font-mono' : ''}>{what === 'model' ? `Turn ${turn}` : name}</b>
        <span className="cut">{glimpse(call)}</span>
        <span className="end">{[tokens, took].filter((word) => word !== '').join(', ')}</span>
      </summary>
      <Inside call={call} />
    </details>
  );
}

function Inside({ call }: { call: AgentCall }) {
  const { what, name, result, error, runId, cut } = call;
  return (
    <div className="agent-call">
      {what === 'model' && <Part title="Model" text={name} />}
      {call.arguments !== undefined && <Part title="Arguments" text={indented(call.arguments)} />}
      {error !== undefined && <Part title={`Failed, ${error.code}`} text={error.message} />}
      {result !== undefined && result !== '' && (
        <Part title={what === 'model' ? 'Said' : 'Answered'} text={indented(result)} />
      )}
      {cut === true && <p className="text-12 text-ink-3">Only the beginning is shown.</p>}
      {runId !== undefined && (
        <p className="text-12">
          It was <RunLink runId={runId} />.
        </p>
      )}
    </div>
  );
}

const Part = ({ title, text }: { title: string; text: string }) => (
  <section>
    <h3 className="ui-label">{title}</h3>
    <CodeText wrap maxHeight={240} label={title}>
      {text}
    </CodeText>
  </section>
);

/** What one line can say of it. */
function glimpse({ what, error, result = '', arguments: words = '' }: AgentCall): string {
  if (error !== undefined) return error.message;
  return (what === 'tool' ? words : result).slice(0, 200);
}

/** JSON is easier to read on several lines. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
