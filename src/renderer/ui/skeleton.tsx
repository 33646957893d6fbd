import './skeleton.css';

/** A bar in the shape of what comes. It stays unseen for the first 200 ms. */
export const Skeleton = ({
  width,
  height = 10,
  className,
}: {
  width: number | string;
  height?: number;
  className?: string;
}) => <span className={`ui-skeleton ${className ?? ''}`} style={{ width, height }} aria-hidden="true" />;

/** Says once that something loads, for people who hear the page. */
export const LoadingWords = ({ children }: { children: string }) => (
  <span role="status" className="sr-only">
    {children}
  </span>
);
