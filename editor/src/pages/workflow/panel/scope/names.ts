/** The words for variables: what people read instead of `event.total_money`. Knows titles of schemas; no variable by name. */
import type { Schema } from '@/api/catalog';
import type { Lang } from '@/i18n/languages';
import type { Json, ScopeGroup, Variable } from '@/model';
import { asWords, helpOf, labelOf } from '@/widgets/form/schema';
import { lookUp, type Trial } from '../../sample/trial';
import type { Word } from '../code/words';

/** A group's own word, by its kind; a step is called by its id. */
export type GroupName = (group: ScopeGroup) => string;

export interface Named extends Word {
  /** Without the group's word. */
  readonly short: string;
  readonly help: string | undefined;
  readonly kind: Variable['kind'];
  readonly depth: number;
  /** Whether its schema lets it be missing. */
  readonly optional: boolean;
  readonly schema: Json;
}

export interface NamedGroup {
  readonly key: string;
  readonly title: string;
  /** Whether every path here passes it. */
  readonly sure: boolean;
  readonly all: readonly Named[];
}

/** Roots that are a value themselves. */
const PLAIN = new Set<ScopeGroup['kind']>(['now', 'index', 'way', 'item']);

/** What is nearest to people's minds comes first. */
const RANK: readonly ScopeGroup['kind'][] = [
  'incoming',
  'item',
  'index',
  'way',
  'error',
  'event',
  'contact',
  'inputs',
  'vars',
  'step',
  'org',
  'now',
];

export function nameGroups(
  groups: readonly ScopeGroup[],
  trial: Trial,
  lang: Lang,
  nameOf: GroupName,
): readonly NamedGroup[] {
  const steps = groups.filter(({ kind }) => kind === 'step');
  const others = groups.filter(({ kind }) => kind !== 'step');
  // Of steps, the nearest first.
  const sorted = [...others, ...steps.toReversed()].toSorted(
    (a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind),
  );
  return sorted.map((group) => {
    const title = nameOf(group);
    const all: Named[] = [];
    const add = (variable: Variable, before: string, depth: number): void => {
      const schema = asSchema(variable.schema);
      const own = labelOf(variable.name, schema, lang);
      const short = before === '' ? own : `${before} · ${own}`;
      const value = shown(lookUp(trial, variable.expression));
      all.push({
        expression: variable.expression,
        label: `${title} · ${short}`,
        short,
        help: helpOf(schema, lang),
        kind: variable.kind,
        depth,
        maybe: !group.sure,
        optional: variable.optional,
        schema: variable.schema,
        ...(value === undefined ? {} : { value }),
      });
      for (const inner of variable.children) add(inner, short, depth + 1);
    };
    // What a step left is a value itself when nothing is known of its inside.
    if (PLAIN.has(group.kind) || group.variable.children.length === 0) {
      const { variable } = group;
      const value = shown(lookUp(trial, variable.expression));
      all.push({
        expression: variable.expression,
        label: title,
        short: title,
        help: undefined,
        kind: variable.kind,
        depth: 0,
        maybe: !group.sure,
        optional: false,
        schema: variable.schema,
        ...(value === undefined ? {} : { value }),
      });
    }
    for (const variable of group.variable.children) add(variable, '', 0);
    return { key: `${group.kind}:${group.step ?? ''}`, title, sure: group.sure, all };
  });
}

function asSchema(schema: Json): Schema {
  return schema !== null && typeof schema === 'object' && !Array.isArray(schema) ? (schema as Schema) : {};
}

export function stepName(key: string): string {
  return asWords(key);
}

const SHOWN_MAX = 60;

/** A value in one short line. */
export function shown(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text;
}
