import { FlowPicture } from '../../../ui/flow-picture.tsx';
import { StateGlyph } from '../../../ui/state-glyph.tsx';
import type { Template } from './templates.ts';

interface TemplateCardProps {
  template: Template;
  colours?: ReadonlyMap<string, string>;
  disabled: boolean;
  onChoose: () => void;
}

/** One press makes a flow of it. */
export const TemplateCard = ({ template, colours, disabled, onChoose }: TemplateCardProps) => (
  <li>
    <button
      type="button"
      disabled={disabled}
      className="flex h-full w-full flex-col gap-2.5 rounded-panel border border-line bg-surface p-3 text-left hover:border-line-ui"
      onClick={onChoose}
    >
      <FlowPicture picture={template.picture} size="l" {...(colours === undefined ? {} : { colours })} />
      <span className="flex min-w-0 flex-col gap-0.5">
        <span className="cut font-strong">{template.name}</span>
        {template.description !== '' && (
          <span className="line-clamp-2 text-12 text-ink-2" title={template.description}>
            {template.description}
          </span>
        )}
        <span className="text-12 text-ink-3">{template.words}</span>
        {template.missing.map(({ kind, words }) => (
          <span key={kind} className="mt-1 flex gap-2 text-12 text-ink-2">
            <StateGlyph state="look" />
            {words}
          </span>
        ))}
      </span>
    </button>
  </li>
);
