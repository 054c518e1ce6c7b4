/**
 * The questions a document asks at installation, as a form's schema, and which of them have no answer yet.
 *
 * Pure; knows `inputs` and the names of widgets.
 */
import type { Schema, Texts } from '@/api/catalog';
import { type Document, field, isArray, isObject, type Json, objectAt, textAt } from '@/model';

export type Answers = Readonly<Record<string, unknown>>;

/** What each kind of answer is written with; it is never an expression. */
const WIDGETS: Readonly<Record<string, string>> = {
  boolean: 'plain_switch',
  choice: 'plain_select',
  connection: 'plain_connection',
  duration: 'plain_duration',
  money: 'plain_money',
  number: 'plain_number',
  time: 'time',
};
const TYPES: Readonly<Record<string, string>> = { boolean: 'boolean', number: 'number', money: 'object' };

export function questionsOf(document: Document): Schema | undefined {
  const inputs = Object.entries(objectAt(document, 'inputs')).filter(([, input]) => isObject(input));
  if (inputs.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(inputs.map(([name, input]) => [name, question(input)])),
    required: inputs.filter(([, input]) => !hasDefault(input)).map(([name]) => name),
  };
}

function question(input: Json): Schema {
  const kind = textAt(input, 'type') ?? 'text';
  const options = field(input, 'options');
  const [title, help] = [texts(field(input, 'title')), texts(field(input, 'help'))];
  const connector = textAt(input, 'connector');
  const [min, max] = [field(input, 'min'), field(input, 'max')];
  return {
    type: TYPES[kind] ?? 'string',
    'x-widget': WIDGETS[kind] ?? 'plain_text',
    ...(title && { 'x-titles': title }),
    ...(help && { 'x-help': help }),
    ...(connector !== undefined && { 'x-connector': connector }),
    ...(isArray(options) && { enum: [...options] }),
    ...(typeof min === 'number' && { minimum: min }),
    ...(typeof max === 'number' && { maximum: max }),
    ...(hasDefault(input) && { default: field(input, 'default') }),
  };
}

/** A text in every language, or the same in all of them. */
function texts(value: Json | undefined): Texts | undefined {
  if (typeof value === 'string') return { es: value, en: value, pt: value };
  return isObject(value) ? (value as unknown as Texts) : undefined;
}

function hasDefault(input: Json): boolean {
  const value = field(input, 'default');
  return value !== undefined && value !== null;
}

/** Questions without a usual answer that nobody has answered. */
export function unanswered(document: Document, answers: Answers): readonly string[] {
  return Object.entries(objectAt(document, 'inputs'))
    .filter(([name, input]) => isObject(input) && !hasDefault(input) && isEmpty(answers[name]))
    .map(([name]) => name);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** The answers to questions that are still asked. */
export function answersTo(document: Document, answers: Answers): Answers {
  const asked = objectAt(document, 'inputs');
  return Object.fromEntries(
    Object.entries(answers).filter(([name, value]) => Object.hasOwn(asked, name) && !isEmpty(value)),
  );
}
