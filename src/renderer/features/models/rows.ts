import type { Node, NodeModel } from '../../../shared/model/node.ts';

/** One model, and the nodes that have it. */
export interface ModelRow {
  readonly name: string;
  readonly kind: NodeModel['kind'];
  readonly images: boolean;
  /** Tokens; the least of its servers, since that is what surely fits. Null where none says. */
  readonly context: number | null;
  /** MiB; null where no server says. */
  readonly sizeMb: number | null;
  readonly places: readonly ModelPlace[];
}

export interface ModelPlace {
  readonly node: Node;
  /** Null where the server does not say. */
  readonly loaded: boolean | null;
  readonly server: string | null;
}

/** The models of a workspace's nodes, by name; where a model is loaded comes first. */
export function modelRows(nodes: readonly Node[]): ModelRow[] {
  const found = nodes.flatMap((node) => (node.capabilities.models ?? []).map((model) => ({ node, model })));
  return [...Map.groupBy(found, ({ model }) => model.name)]
    .map(([name, here]) => rowOf(name, here))
    .toSorted((left, right) => left.name.localeCompare(right.name, 'en', { numeric: true }));
}

function rowOf(name: string, here: readonly { node: Node; model: NodeModel }[]): ModelRow {
  const contexts = here.flatMap(({ model }) => model.context ?? []);
  const sizes = here.flatMap(({ model }) => model.size_mb ?? []);
  return {
    name,
    kind: here.find(({ model }) => model.kind !== undefined)?.model.kind,
    images: here.some(({ model }) => model.images === true),
    context: contexts.length === 0 ? null : Math.min(...contexts),
    sizeMb: sizes.length === 0 ? null : Math.max(...sizes),
    places: here
      .map(({ node, model }) => ({ node, loaded: model.loaded ?? null, server: model.server ?? null }))
      .toSorted(
        (left, right) => Number(right.loaded) - Number(left.loaded) || (left.node.name < right.node.name ? -1 : 1),
      ),
  };
}

/** "chat, reads images", "embeddings". */
export function kindWords({ kind, images }: Pick<ModelRow, 'kind' | 'images'>): string {
  const words = kind === undefined ? [] : [kind];
  return [...words, ...(images ? ['reads images'] : [])].join(', ');
}

/** "32k tokens" for 32,768: the form in which people know contexts. */
export function contextWords(tokens: number | null): string {
  if (tokens === null) return '';
  return tokens < 1024 ? `${tokens} tokens` : `${Math.round(tokens / 1024)}k tokens`;
}

/** Nodes on which admins may fetch and remove models. */
export const changeable = (nodes: readonly Node[]): readonly Node[] =>
  nodes.filter((node) => node.capabilities.model_changes === true && node.status === 'online');
