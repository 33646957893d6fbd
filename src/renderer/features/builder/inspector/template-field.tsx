import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { type Completion, type Completions, completions } from '../../../../shared/flows/template-completions.ts';
import { useFieldLinks } from '../../../ui/field.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { PortShape } from '../../../ui/port-shape.tsx';
import { useFlow } from '../model/builder.ts';
import { typeLook } from '../model/port-look.ts';
import { graphOf } from '../model/ports.ts';
import { useLastValues } from './last-values.ts';
import { type KnownName, useTemplateNames } from './template-names.ts';
import { type Piece, piecesOf } from './unknown-names.ts';

interface TemplateFieldProps {
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  stepId: string;
  /** The path of the text in the settings: `text`, `rows/0/value`. */
  field: string;
  rows: number;
  placeholder?: string;
}

/** A text that may hold `{{ }}`, with completion of what the step may use. */
export function TemplateField({ value, onChange, readOnly, stepId, field, rows, placeholder }: TemplateFieldProps) {
  const graph = useFlow(graphOf);
  const namesNow = useTemplateNames(stepId);
  const [names, setNames] = useState<readonly KnownName[]>([]);
  const area = useRef<HTMLTextAreaElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const [offered, setOffered] = useState<Completions | null>(null);
  const [at, setAt] = useState(0);
  const list = useId();
  const links = useFieldLinks();

  const offer = (text: string, caret: number) => {
    setAt(0);
    if (readOnly || !text.includes('{{')) return setOffered(null);
    const known = namesNow();
    setNames(known);
    setOffered(completions(text, caret, known));
  };

  const take = (option: Completion) => {
    const element = area.current;
    if (offered === null || element === null) return;
    const { text, caret } = complete(value, offered, option);
    onChange(text);
    setOffered(null);
    requestAnimationFrame(() => element.setSelectionRange(caret, caret));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (offered === null) return;
    const option = offered.options[at];
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0) setAt((at + move + offered.options.length) % offered.options.length);
    else if ((event.key === 'Tab' || event.key === 'Enter') && option !== undefined) take(option);
    else if (event.key === 'Escape') setOffered(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="flow-template" data-open={offered !== null}>
      <div ref={mirror} className="mirror" aria-hidden="true">
        {paint(piecesOf(graph, stepId, field, value))}
      </div>
      <textarea
        ref={area}
        {...links}
        rows={rows}
        value={value}
        readOnly={readOnly}
        spellCheck={false}
        placeholder={placeholder}
        role="combobox"
        aria-expanded={offered !== null}
        aria-controls={list}
        aria-autocomplete="list"
        {...(offered === null ? {} : { 'aria-activedescendant': `${list}-${at}` })}
        onChange={(event) => {
          onChange(event.target.value);
          offer(event.target.value, event.target.selectionStart);
        }}
        onClick={(event) => offer(value, event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
        onBlur={() => setOffered(null)}
        onScroll={(event) => {
          if (mirror.current !== null) mirror.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
      {offered !== null && (
        <Offers stepId={stepId} id={list} offered={offered} at={at} names={names} onHover={setAt} onTake={take} />
      )}
    </div>
  );
}

interface OffersProps {
  stepId: string;
  id: string;
  offered: Completions;
  at: number;
  names: readonly KnownName[];
  onHover: (index: number) => void;
  onTake: (option: Completion) => void;
}

const mostOffers = 8;

function Offers({ stepId, id, offered, at, names, onHover, onTake }: OffersProps) {
  const start = Math.max(0, Math.min(at - mostOffers + 1, offered.options.length - mostOffers));
  const filters = offered.options[0]?.kind === 'filter';
  const shown = offered.options.slice(start, start + mostOffers);
  const values = useLastValues(
    stepId,
    shown.flatMap((option) => (option.kind === 'value' ? [option.label] : [])),
  );
  return (
    <div className="ui-menu flow-offers">
      <div className="ui-menu-cap">{filters ? 'filters' : 'values'}</div>
      <div role="listbox" id={id} aria-label="What can stand here">
        {shown.map((option, place) => {
          const index = start + place;
          const known = names.find((name) => name.path === option.label);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys and names the active option
            <div
              key={option.label}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className="ui-menu-item"
              {...(index === at ? { 'data-highlighted': '' } : {})}
              onMouseMove={() => onHover(index)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onTake(option)}
            >
              {option.kind === 'value' && <PortShape {...typeLook(known?.type ?? 'any')} />}
              <span className="cut font-mono text-12">{option.label}</span>
              <span className="ui-menu-end cut">{values.get(option.label) ?? known?.example ?? option.detail}</span>
            </div>
          );
        })}
      </div>
      <div className="flow-offers-foot">
        <span>
          {filters ? 'Filters change the value' : 'Filters after '}
          {!filters && <code>|</code>}
        </span>
        <span className="ml-auto row gap-1">
          <Kbd>Tab</Kbd> to accept
        </span>
      </div>
    </div>
  );
}

/** The text after a completion was taken, and where the caret then stands: behind what was put in, with `}}` closed. */
export function complete(text: string, { from, to }: Pick<Completions, 'from' | 'to'>, option: Completion) {
  const after = text.slice(to);
  const closed = /^[^{]*?\}\}/.test(after);
  const inserted = closed ? option.insert : `${option.insert} }}`;
  const space = text.slice(0, from).endsWith('{{') ? ' ' : '';
  return {
    text: `${text.slice(0, from)}${space}${inserted}${after}`,
    caret: from + space.length + option.insert.length,
  };
}

/** The text with its `{{ }}` on a tint, unknown names underlined; the textarea above it draws the letters. */
function paint(pieces: readonly Piece[]) {
  return [...pieces, { text: '\n', template: false, unknown: false }].map(({ text, template, unknown }, index) =>
    template ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
      <mark key={index} {...(unknown ? { 'data-unknown': '' } : {})}>
        {text}
      </mark>
    ) : (
      text
    ),
  );
}
