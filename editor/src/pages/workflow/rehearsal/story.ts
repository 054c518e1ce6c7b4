/**
 * A rehearsal as a story on a clock: its moments, how far the slider is, what has happened until then.
 *
 * Pure; knows times, never a step.
 */
import type { Entry, Message, Rehearsed } from './requests';

export interface Story {
  /** The moment it begins, in milliseconds of the epoch. */
  readonly start: number;
  /** When something happens, in milliseconds from the start, each once and in order; the first is 0. */
  readonly moments: readonly number[];
}

/** The slider's units from one moment to the next, however long that takes. */
export const UNITS = 20;

export function storyOf(rehearsed: Rehearsed): Story {
  const times = rehearsed.entries.map((entry) => Date.parse(entry.at));
  const start = times[0] ?? 0;
  const moments = [...new Set([0, ...times.map((time) => time - start)])].toSorted((a, b) => a - b);
  return { start, moments };
}

export function endOf(story: Story): number {
  return story.moments.at(-1) ?? 0;
}

/** Where a time lies on the slider. */
export function unitsOf({ moments }: Story, time: number): number {
  const at = moments.findLastIndex((moment) => moment <= time);
  if (at < 0) return 0;
  const from = moments[at] ?? 0;
  const to = moments[at + 1];
  return UNITS * at + (to === undefined ? 0 : Math.round((UNITS * (time - from)) / (to - from)));
}

/** The time at a place of the slider. */
export function timeAt({ moments }: Story, units: number): number {
  const at = Math.floor(units / UNITS);
  const from = moments[Math.min(at, moments.length - 1)] ?? 0;
  const to = moments[at + 1] ?? from;
  return from + Math.round(((to - from) * (units - at * UNITS)) / UNITS);
}

/** The next or previous moment; the same time when there is none. */
export function besides({ moments }: Story, time: number, by: -1 | 1): number {
  const next = by > 0 ? moments.find((moment) => moment > time) : moments.findLast((moment) => moment < time);
  return next ?? time;
}

/**
 * Where a reader wants to begin: at the first message, when people answer and buy; else at the first wait, else
 * at the end.
 */
export function beginning(rehearsed: Rehearsed): number {
  const { start } = storyOf(rehearsed);
  const first = rehearsed.messages[0] ?? rehearsed.entries.find((entry) => entry.status === 'waiting');
  return first ? Date.parse(first.at) - start : endOf(storyOf(rehearsed));
}

/** What has happened at a time, in order. */
export function until<T extends { readonly at: string }>(
  { start }: Story,
  items: readonly T[],
  time: number,
): readonly T[] {
  return items.filter((item) => Date.parse(item.at) - start <= time);
}

/** What was sent and what came back, in the order of the story: a clock may stand still while people talk. */
export type Said =
  | { readonly at: string; readonly sent: Message }
  | { readonly at: string; readonly received: Entry };

export function talkOf({ entries, messages }: Rehearsed): readonly Said[] {
  const left = [...messages];
  const talk: Said[] = [];
  for (const entry of entries) {
    const at = Date.parse(entry.at);
    const own = left.findIndex(
      (message) => Date.parse(message.at) === at && message.step === entry.step && message.run === entry.run,
    );
    const late = left.filter((message, index) => index !== own && Date.parse(message.at) < at);
    const [message] = own < 0 ? [] : left.splice(own, 1);
    for (const sent of late) {
      talk.push({ at: sent.at, sent });
      left.splice(left.indexOf(sent), 1);
    }
    if (message) talk.push({ at: message.at, sent: message });
    if (entry.kind === 'event') talk.push({ at: entry.at, received: entry });
  }
  return [...talk, ...left.map((sent): Said => ({ at: sent.at, sent }))];
}
