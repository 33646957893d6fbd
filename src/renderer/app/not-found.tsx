import { Link } from '@tanstack/react-router';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** An address that leads nowhere. */
export const NotFound = () => (
  <div className="flex h-full bg-surface">
    <EmptyState
      title="There is nothing here"
      actions={
        <Button asChild size="l" variant="main">
          <Link to="/">Go to your flows</Link>
        </Button>
      }
    >
      The address may be mistyped, or what it named has been deleted.
    </EmptyState>
  </div>
);
