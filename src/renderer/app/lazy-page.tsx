import { type ComponentType, type ReactNode, Suspense, use } from 'react';

/** A page whose code is loaded when it is first needed, or ahead of that by `preload`. */
export interface LazyPage {
  (): ReactNode;
  preload: () => Promise<void>;
}

type Load = () => Promise<ComponentType>;

/**
 * Loads `name` from a module. A load that failed is forgotten, so that the next try is a real one: the host that serves
 * the code may have been away.
 */
export function lazyPage<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name): LazyPage {
  let loading: Promise<ComponentType> | null = null;
  const get: Load = () => {
    loading ??= load().then(
      (module) => module[name],
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  const page = () => (
    <Suspense fallback={null}>
      <Loaded load={get} />
    </Suspense>
  );
  return Object.assign(page, { preload: () => get().then(() => undefined) });
}

function Loaded({ load }: { load: Load }) {
  const Page = use(load());
  return <Page />;
}
