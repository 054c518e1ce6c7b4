/**
 * Everything that can be done with a step, each once: its name, its key, when it can be done. Menu, canvas and
 * outline all read this list, so that every deed has a key or a menu entry and none is told twice.
 */
import {
  type Document,
  END,
  join,
  placeByPath,
  placeOf,
  STEPS,
  type StepId,
  TRIGGER,
  triggerSummary,
  valueAt,
  waysOf,
} from '@/model';
import { openPanel, standOn, toggleCollapsed, type Ui } from '../ui';
import type { Deeds } from './deeds';
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

/** The steps a deed on `stop` is about: all that are selected when it is one of them. */
export function meant(document: Document, ui: Ui, stop: string): readonly StepId[] {
  const { selected } = ui.get();
  const keys = selected.has(stop) ? [...selected] : [stop];
  return keys.filter((key) => placeOf(document, key) !== undefined);
}

/** All steps of the list in which the stop is; stands on it still. */
export function selectAll(document: Document, ui: Ui, stop: string): void {
  const list = placeOf(document, stop)?.list ?? STEPS;
  const value = valueAt(document, list);
  const count = Array.isArray(value) ? value.length : 0;
  const keys = Array.from({ length: count }, (_, at) => placeByPath(document, join(list, at))?.key ?? '');
  ui.set({ selected: new Set(keys) });
}

/** Takes the next stop into the selection, or the last one out of it when one goes back. */
export function extend(ui: Ui, next: string): void {
  const { selected, current } = ui.get();
  if (!selected.has(next)) {
    standOn(ui, next, true);
    return;
  }
  const left = new Set(selected);
  left.delete(current);
  ui.set({ current: next, selected: left.size > 0 ? left : new Set([next]) });
}
