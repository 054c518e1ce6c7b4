/**
 * Everything that can be done with a step, each once: its name, its key, when it can be done. Menu, canvas and
 * outline all read this list, so that every deed has a key or a menu entry and none is told twice.
 */
import { type Document, END, placeOf, type StepId, TRIGGER, triggerSummary, waysOf } from '@/model';
import { goTo, openPanel, toggleCollapsed, type Ui } from '../ui';
import type { Deeds } from './deeds';
import { allFolded, allUnfolded, isAnythingFolded, isAnythingOpen } from './folding';
import { beginSelecting } from './selection';
import { slotOf } from './stops';

export interface Aim {
  readonly document: Document;
  readonly ui: Ui;
  readonly deeds: Deeds;
  readonly readOnly: boolean;
  /** Where the keyboard stands, or what was clicked. */
  readonly stop: string;
  /** The steps that are meant: the selected ones, or the one at the stop. */
  readonly keys: readonly StepId[];
}

export interface Command {
  /** Its text under `editor:step.`. */
  readonly id: CommandId;
  readonly keys: readonly string[];
  readonly group: 'open' | 'add' | 'change' | 'move' | 'copy' | 'end';
  /** About the whole flow: it has a key and a button of its own and is on no step's menu. */
  readonly whole?: boolean;
  /** Does not change the document. */
  readonly harmless?: boolean;
  /** The browser has an event of its own for this key, which needs no permission for the clipboard. */
  readonly native?: boolean;
  /** On menus only when it makes sense for what was clicked. */
  fits(aim: Aim): boolean;
  run(aim: Aim): void;
}

export const COMMAND_IDS = [
  'open',
  'start',
  'collapse',
  'fold_all',
  'unfold_all',
  'select',
  'add_after',
  'add_before',
  'add_inside',
  'rename',
  'note',
  'toggle',
  'wrap',
  'unwrap',
  'up',
  'down',
  'out',
  'move',
  'copy',
  'cut',
  'paste',
  'duplicate',
  'remove',
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

const some = ({ keys }: Aim) => keys.length > 0;
const single = ({ keys }: Aim) => keys.length === 1;
const holds = ({ document, stop }: Aim) => {
  const place = placeOf(document, stop);
  return place !== undefined && waysOf(place.step).length > 0;
};

const isEdge = (stop: string) => stop === TRIGGER || stop === END;

/** Asked for, the fields of a card get the focus. */
export function fieldsOf(document: Document, stop: string): string | undefined {
  if (stop === END) return '/exit';
  return stop === TRIGGER ? '/trigger' : placeOf(document, stop)?.path;
}

export const COMMANDS: readonly Command[] = [
  {
    id: 'open',
    keys: ['enter'],
    group: 'open',
    harmless: true,
    fits: ({ document, stop }) => isEdge(stop) || placeOf(document, stop) !== undefined,
    run: ({ document, ui, stop }) => {
      const isBlank = stop === TRIGGER && triggerSummary(document).key === 'summary.trigger_none';
      if (isBlank) ui.set({ starting: true });
      else openPanel(ui, stop, fieldsOf(document, stop));
    },
  },
  {
    id: 'start',
    keys: [],
    group: 'open',
    fits: ({ stop }) => stop === TRIGGER,
    run: ({ ui }) => ui.set({ starting: true }),
  },
  {
    id: 'collapse',
    keys: ['space'],
    group: 'open',
    harmless: true,
    fits: holds,
    run: ({ ui, stop }) => toggleCollapsed(ui, stop),
  },
  {
    id: 'fold_all',
    keys: ['alt+shift+arrowup'],
    group: 'open',
    harmless: true,
    whole: true,
    fits: isAnythingOpen,
    run: ({ document, ui }) => goTo(ui, ui.get().current, allFolded(document, ui)),
  },
  {
    id: 'unfold_all',
    keys: ['alt+shift+arrowdown'],
    group: 'open',
    harmless: true,
    whole: true,
    fits: isAnythingFolded,
    run: ({ ui }) => goTo(ui, ui.get().current, allUnfolded),
  },
  {
    id: 'select',
    keys: [],
    group: 'open',
    harmless: true,
    fits: ({ ui, keys }) => keys.length > 0 && !ui.get().selecting,
    run: ({ ui, keys }) => beginSelecting(ui, keys),
  },
  {
    id: 'add_after',
    keys: ['+', 'mod+enter'],
    group: 'add',
    fits: ({ stop }) => stop !== END,
    run: ({ deeds, stop }) => deeds.add(stop),
  },
  {
    id: 'add_before',
    keys: ['mod+shift+enter'],
    group: 'add',
    fits: ({ document, stop }) => stop === END || placeOf(document, stop) !== undefined,
    run: ({ document, ui, stop }) => {
      const place = placeOf(document, stop);
      ui.set({ adding: place ? { list: place.list, index: place.index } : slotOf(document, stop) });
    },
  },
  {
    id: 'add_inside',
    keys: ['alt+enter'],
    group: 'add',
    fits: holds,
    run: ({ document, ui, stop }) => {
      const place = placeOf(document, stop);
      const [way] = place ? waysOf(place.step) : [];
      if (place && way) ui.set({ adding: { list: place.path + way.path, index: way.steps.length } });
    },
  },
  {
    id: 'rename',
    keys: ['f2'],
    group: 'change',
    fits: single,
    run: ({ ui, keys }) => ui.set({ asking: { what: 'rename', keys } }),
  },
  {
    id: 'note',
    keys: ['shift+f2'],
    group: 'change',
    fits: single,
    run: ({ ui, keys }) => ui.set({ asking: { what: 'note', keys } }),
  },
  {
    id: 'toggle',
    keys: ['mod+/'],
    group: 'change',
    fits: some,
    run: ({ deeds, keys }) => deeds.toggle(keys),
  },
  {
    id: 'wrap',
    keys: [],
    group: 'change',
    fits: some,
    run: ({ deeds, keys }) => deeds.wrap(keys),
  },
  {
    id: 'unwrap',
    keys: [],
    group: 'change',
    fits: (aim) => single(aim) && holds(aim),
    run: ({ deeds, stop }) => deeds.unwrap(stop),
  },
  {
    id: 'up',
    keys: ['alt+arrowup'],
    group: 'move',
    fits: some,
    run: ({ deeds, keys }) => deeds.shift(keys, -1),
  },
  {
    id: 'down',
    keys: ['alt+arrowdown'],
    group: 'move',
    fits: some,
    run: ({ deeds, keys }) => deeds.shift(keys, 1),
  },
  {
    id: 'out',
    keys: ['alt+arrowleft'],
    group: 'move',
    fits: ({ document, keys }) => keys.some((key) => placeOf(document, key)?.parent !== undefined),
    run: ({ document, deeds, keys }) => {
      const around = placeOf(document, keys[0] ?? '')?.parent;
      const parent = around && placeOf(document, around.key);
      if (parent) deeds.move(keys, { list: parent.list, index: parent.index + 1 });
    },
  },
  {
    id: 'move',
    keys: ['alt+arrowright'],
    group: 'move',
    fits: some,
    run: ({ ui, keys }) => ui.set({ asking: { what: 'move', keys } }),
  },
  {
    id: 'copy',
    keys: ['mod+c'],
    native: true,
    group: 'copy',
    harmless: true,
    fits: some,
    run: ({ deeds, keys }) => void deeds.copy(keys),
  },
  {
    id: 'cut',
    keys: ['mod+x'],
    native: true,
    group: 'copy',
    fits: some,
    run: ({ deeds, keys }) => void deeds.cut(keys),
  },
  {
    id: 'paste',
    keys: ['mod+v'],
    native: true,
    group: 'copy',
    fits: ({ stop }) => stop !== END,
    run: ({ deeds, stop }) => void deeds.paste(stop),
  },
  {
    id: 'duplicate',
    keys: ['mod+d'],
    group: 'copy',
    fits: some,
    run: ({ deeds, keys }) => deeds.duplicate(keys),
  },
  {
    id: 'remove',
    keys: ['delete', 'backspace'],
    group: 'end',
    fits: some,
    run: ({ deeds, keys }) => deeds.remove(keys),
  },
];
