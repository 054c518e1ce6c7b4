/**
 * What can be done with chosen steps: copy, cut, paste, duplicate, delete, switch off, move, collapse.
 *
 * The same deeds for keyboard, menu and buttons, on canvas and outline. Knows the model's builders; draws nothing.
 */
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import {
  copySteps,
  type Document,
  duplicateSteps,
  insertSteps,
  moveSteps,
  pasteSteps,
  placeOf,
  removeSteps,
  type Slot,
  STEPS,
  type StepId,
  setEnabled,
  TRIGGER,
  topSteps,
  unwrap,
  wrapInCondition,
} from '@/model';
import { toast } from '@/ui/toast';
import { useDraftParts, usePerform } from '../draft';
import type { Choice } from '../palette/choices';
import { goTo, openPanel, TOUCH } from '../ui';
import { neighbourSlot } from './places';
import { slotOf } from './stops';

export interface Deeds {
  copy(keys: readonly StepId[]): Promise<void>;
  cut(keys: readonly StepId[]): Promise<void>;
  /** The same for the browser's own copy and cut, which hand over their clipboard. */
  copyTo(board: DataTransfer, keys: readonly StepId[]): void;
  /** What the clipboard holds, behind a stop. */
  paste(stop: string): Promise<void>;
  pasteAt(slot: Slot): Promise<void>;
  pasteText(text: string, slot: Slot): void;
  duplicate(keys: readonly StepId[]): void;
  remove(keys: readonly StepId[]): void;
  toggle(keys: readonly StepId[]): void;
  /** One place earlier or later, into and out of blocks. */
  shift(keys: readonly StepId[], by: -1 | 1): void;
  move(keys: readonly StepId[], slot: Slot): void;
  wrap(keys: readonly StepId[]): void;
  unwrap(key: StepId): void;
  /** Opens the palette behind a stop. */
  add(stop: string): void;
  /** Puts a new step into a slot and opens its panel. */
  put(choice: Choice, slot: Slot): void;
}

export function useDeeds(): Deeds {
  const { session, ui } = useDraftParts();
  const { t } = useTranslation('editor');
  const perform = usePerform();
  const latest = useRef(perform);
  latest.current = perform;
  return useMemo(() => {
    const document = (): Document => session.document;
    const does: typeof perform = (built, reveal) => latest.current(built, reveal);
    const textOf = (keys: readonly StepId[]): string => {
      clipboard.text = copySteps(document(), keys);
      return clipboard.text;
    };
    const deeds: Deeds = {
      async copy(keys) {
        if (keys.length === 0) return;
        const text = textOf(keys);
        await navigator.clipboard?.writeText(text).catch(() => undefined);
        toast(t('copied', { count: keys.length }));
      },
      copyTo(board, keys) {
        board.setData('text/plain', textOf(keys));
        toast(t('copied', { count: keys.length }));
      },
      async cut(keys) {
        await deeds.copy(keys);
        deeds.remove(keys);
      },
      paste: (stop) => deeds.pasteAt(slotOf(document(), stop)),
      async pasteAt(slot) {
        const text = await navigator.clipboard?.readText?.().catch(() => undefined);
        deeds.pasteText(text || clipboard.text, slot);
      },
      pasteText(text, slot) {
        const pasted = pasteSteps(document(), slot, text);
        if (!pasted.ok) {
          does(pasted);
          return;
        }
        does({ ok: true, value: pasted.value.operation }, true);
        if (pasted.value.missing.length > 0) {
          toast(t('paste_missing', { steps: pasted.value.missing.join(', ') }));
        }
      },
      duplicate: (keys) => void does(duplicateSteps(document(), keys), true),
      remove(keys) {
        const { panel } = ui.get();
        const built = removeSteps(document(), keys);
        if (!does(built)) return;
        const [next] = built.ok ? (built.value.select ?? []) : [];
        // Whoever chooses several chooses again what goes next.
        const left = ui.get().selecting ? { selected: new Set<string>() } : {};
        const closed = panel !== undefined && keys.includes(panel) ? { panel: undefined } : {};
        goTo(ui, next ?? TRIGGER, { ...left, ...closed });
      },
      toggle(keys) {
        const off = keys.some((key) => placeOf(document(), key)?.step.enabled === false);
        does(setEnabled(document(), keys, off));
      },
      shift(keys, by) {
        const slot = neighbourSlot(document(), keys, by);
        if (slot) does(moveSteps(document(), keys, slot), true);
      },
      move: (keys, slot) => void does(moveSteps(document(), keys, slot), true),
      wrap: (keys) => void does(wrapInCondition(document(), keys, ''), true),
      unwrap: (key) => void does(unwrap(document(), key)),
      add: (stop) => ui.set({ adding: slotOf(document(), stop) }),
      put(choice, slot) {
        const step = choice.make(document());
        if (!does(insertSteps(document(), slot, [step]), true)) return;
        const key = ui.get().current;
        // On a phone, a field with the focus would cover half of the panel with a keyboard.
        openPanel(ui, key, TOUCH ? undefined : placeOf(document(), key)?.path);
      },
    };
    return deeds;
  }, [session, ui, t]);
}

/** For browsers that give no clipboard to pages on plain HTTP. */
const clipboard = { text: '' };

/** The slot at the very end. */
export function lastSlot(document: Document): Slot {
  return { list: STEPS, index: topSteps(document).length };
}
