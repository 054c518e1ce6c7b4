/** Which comparisons suit a field, and how a typed value is written. Pure; knows kinds of values. */
import { field, isArray, type Json, type Variable } from '@/model';
import { COMPARISONS, type Comparison, type Operand, type Rule } from './condition';

type Kind = Variable['kind'];

const SUITED: Readonly<Record<Kind, readonly Comparison[]>> = {
  text: ['eq', 'ne', 'contains', 'not_contains', 'starts_with', 'ends_with', 'exists', 'missing'],
  number: ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'exists', 'missing'],
  boolean: ['is_true', 'is_false', 'exists', 'missing'],
  moment: ['gt', 'lt', 'exists', 'missing'],
  list: ['contains', 'not_contains', 'exists', 'missing'],
  map: ['exists', 'missing'],
  any: COMPARISONS,
};

/** Those that suit, and the one that is chosen. */
export function comparisonsFor(kind: Kind, chosen: Comparison): readonly Comparison[] {
  const suited = SUITED[kind];
  return suited.includes(chosen) ? suited : [...suited, chosen];
}

/** A row about another field: what suited before stays. */
export function withField(rule: Rule, path: string, kind: Kind): Rule {
  const suited = SUITED[kind];
  if (rule.path !== '' && suited.includes(rule.comparison)) return { ...rule, path };
  return { path, comparison: suited[0] ?? 'exists' };
}

/** What is typed, as the kind of value that the field is compared with. */
export function operandOf(text: string, kind: Kind): Operand {
  if (kind === 'number') return { kind: 'number', source: text.trim().replace(',', '.') };
  if (kind === 'any') {
    if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'number', source: text };
    if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true' };
  }
  return { kind: 'text', text };
}

/** What stands in the input. */
export function typedOf(value: Operand | undefined): string {
  switch (value?.kind) {
    case 'text':
      return value.text;
    case 'number':
      return value.source;
    case 'boolean':
      return String(value.value);
    case 'path':
    case undefined:
      return '';
  }
}

/** The values a field may have, when its schema lists them. */
export function choicesFor(schema: Json): readonly string[] | undefined {
  const listed = field(schema, 'enum');
  if (!isArray(listed)) return undefined;
  return listed.filter((one) => typeof one === 'string');
}
