/**
 * Everything that can be put into a flow, by what it is for: the catalogue's actions and the blocks.
 *
 * Knows the blocks; an action is whatever the catalogue has.
 */
import { type BlockKind, blankStep, type Catalog, type Document, type NodeSpec, type Step } from '@/model';

export const USES = ['message', 'action', 'wait', 'decide', 'repeat', 'data', 'end'] as const;
export type Use = (typeof USES)[number];

/** A block that is no action. */
type OwnBlock = Exclude<BlockKind, 'action'>;

export type Choice = {
  /** The action's kind, or the block's behind a colon. */
  readonly id: string;
  readonly use: Use;
  make(document: Document): Step;
} & (
  | { readonly block: 'action'; readonly node: NodeSpec }
  | { readonly block: OwnBlock; readonly node?: undefined }
);

const BLOCKS: readonly (readonly [Use, OwnBlock])[] = [
  ['wait', 'wait'],
  ['wait', 'wait_for'],
  ['wait', 'ask'],
  ['decide', 'if'],
  ['decide', 'switch'],
  ['decide', 'split'],
  ['repeat', 'each'],
  ['repeat', 'repeat'],
  ['repeat', 'parallel'],
  ['repeat', 'goto'],
  ['data', 'set'],
  ['data', 'script'],
  ['end', 'call'],
  ['end', 'stop'],
];

export function purposeOf(block: BlockKind | undefined, node: NodeSpec | undefined): Use {
  if (block === 'action' || block === undefined) return node?.sends ? 'message' : 'action';
  return BLOCKS.find(([, kind]) => kind === block)?.[0] ?? 'action';
}

export function choicesOf(catalog: Catalog): readonly Choice[] {
  const blocks = new Set<string>(BLOCKS.map(([, kind]) => kind));
  const actions = Object.values(catalog.nodes)
    // What is a block of its own needs no second entry.
    .filter((node) => !blocks.has(node.kind))
    .map(
      (node): Choice => ({
        id: node.kind,
        use: purposeOf('action', node),
        block: 'action',
        node,
        make: (document) =>
          blankStep(document, 'action', node.kind.split('.').at(-1) ?? node.kind, {
            action: node.kind,
            with: {},
          }),
      }),
    );
  const others = BLOCKS.map(
    ([use, block]): Choice => ({
      id: `:${block}`,
      use,
      block,
      make: (document) => blankStep(document, block),
    }),
  );
  const all = [...actions, ...others];
  return USES.flatMap((use) => all.filter((choice) => choice.use === use));
}

/** Letters without case and accents. */
export function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Those whose words hold every word asked for; a title that begins with it comes first. */
export function searched<T>(
  items: readonly T[],
  query: string,
  wordsOf: (item: T) => readonly string[],
): readonly T[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return items;
  const ranked = items.flatMap((item) => {
    const words = wordsOf(item).map(plain);
    const all = words.join(' ');
    if (!wanted.every((word) => all.includes(word))) return [];
    const title = words[0] ?? '';
    const rank = title.startsWith(wanted[0] ?? '') ? 0 : title.includes(wanted[0] ?? '') ? 1 : 2;
    return [{ item, rank }];
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ item }) => item);
}
