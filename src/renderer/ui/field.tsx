import './field.css';
import { createContext, type ReactNode, use, useId } from 'react';

interface FieldLinks {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

const FieldContext = createContext<FieldLinks | null>(null);

/** The attributes that tie a control to the label, help and error of the field around it. */
export function useFieldLinks() {
  const links = use(FieldContext);
  if (links === null) return {};
  return {
    id: links.id,
    ...(links.describedBy === undefined ? {} : { 'aria-describedby': links.describedBy }),
    ...(links.invalid ? { 'aria-invalid': true as const } : {}),
  };
}

interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  /** What is wrong and how to mend it; replaces the help. */
  error?: string | undefined;
  /** At the right of the label: a figure, a chip. */
  end?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A label, one control, and a line below it. */
export function Field({ label, help, error, end, className, children }: FieldProps) {
  const id = useId();
  const below = error ?? help;
  const describedBy = below === undefined ? undefined : `${id}-below`;
  return (
    <div className={`ui-field ${className ?? ''}`}>
      <span className="ui-label">
        <label htmlFor={id}>{label}</label>
        {end !== undefined && <span className="ml-auto row gap-1.5 font-text text-ink-3">{end}</span>}
      </span>
      <FieldContext value={{ id, describedBy, invalid: error !== undefined }}>{children}</FieldContext>
      {below !== undefined && (
        <span
          id={describedBy}
          className="ui-help"
          {...(error === undefined ? {} : { 'data-error': '', role: 'alert' })}
        >
          {below}
        </span>
      )}
    </div>
  );
}
