import './dialog.css';
import { AlertDialog as Alert, Dialog as Radix } from 'radix-ui';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { Button } from './button.tsx';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** One or two sentences under the title. */
  text?: ReactNode;
  width?: number;
  /** Buttons, the main one last. */
  foot?: ReactNode;
  children?: ReactNode;
}

const widthOf = (width: number | undefined): CSSProperties =>
  width === undefined ? {} : ({ '--dialog-width': `${width}px` } as CSSProperties);

/** Asks for something; closes with Esc or a press outside. */
export function Dialog({ open, onOpenChange, title, text, width, foot, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="ui-scrim" />
        <Radix.Content
          className="ui-dialog"
          style={widthOf(width)}
          {...(text === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <Radix.Title className="ui-dialog-title">{title}</Radix.Title>
          {text !== undefined && <Radix.Description className="ui-dialog-text">{text}</Radix.Description>}
          {children}
          {foot !== undefined && <div className="ui-dialog-foot">{foot}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Names what will go: "Remove bo-laptop from Tidemark?" */
  title: string;
  /** What that means, and whether it can be undone. */
  text: ReactNode;
  keep?: string;
  /** Names it again: "Remove bo-laptop". */
  confirm: string;
  onConfirm: () => Promise<unknown>;
}

/** Asks once before what cannot be undone. It stays open while the host works, and says so when that fails. */
export function Confirm({ open, onOpenChange, title, text, keep = 'Keep it', confirm, onConfirm }: ConfirmProps) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const go = () => {
    setPending(true);
    setFailure(null);
    onConfirm()
      .then(() => onOpenChange(false))
      .catch((error: unknown) => setFailure(error instanceof Error ? error.message : 'That did not work.'))
      .finally(() => setPending(false));
  };
  return (
    <Alert.Root open={open} onOpenChange={onOpenChange}>
      <Alert.Portal>
        <Alert.Overlay className="ui-scrim" />
        <Alert.Content className="ui-dialog">
          <Alert.Title className="ui-dialog-title">{title}</Alert.Title>
          <Alert.Description className="ui-dialog-text">{text}</Alert.Description>
          {failure !== null && (
            <p role="alert" className="mt-2 text-12 text-fail">
              {failure}
            </p>
          )}
          <div className="ui-dialog-foot">
            <Alert.Cancel asChild>
              <Button>{keep}</Button>
            </Alert.Cancel>
            <Button variant="danger-fill" pending={pending} onClick={go}>
              {confirm}
            </Button>
          </div>
        </Alert.Content>
      </Alert.Portal>
    </Alert.Root>
  );
}
