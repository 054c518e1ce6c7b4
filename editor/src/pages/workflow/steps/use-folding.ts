/** The one button that folds all blocks, and unfolds them when all are folded. Knows folding; draws nothing. */
import { useDocument, useDraftParts, useUi } from '../draft';
import { COMMANDS } from './commands';
import { allFolded, allUnfolded, blocksOf, isAnythingOpen } from './folding';
import { keyWords } from './keys';

interface Folding {
  readonly id: 'fold_all' | 'unfold_all';
  /** How its key is read. */
  readonly key: string;
  /** Leaves the focus where it is. */
  run(): void;
}

/** `undefined` when nothing can be folded. */
export function useFolding(): Folding | undefined {
  const { ui } = useDraftParts();
  const document = useDocument();
  useUi((state) => state.collapsed);
  if (blocksOf(document).length === 0) return undefined;
  const opens = !isAnythingOpen({ document, ui });
  const id = opens ? 'unfold_all' : 'fold_all';
  const key = COMMANDS.find((command) => command.id === id)?.keys[0] ?? '';
  return { id, key: keyWords(key), run: () => ui.set(opens ? allUnfolded : allFolded(document, ui)) };
}
