/**
 * What a flow's questions are answered with, where a step's line would only name the question.
 *
 * Pure; knows `inputs` and the text `${inputs.name}`.
 */
import type { Lang } from '@/i18n/languages';
import { localText } from '@/i18n/local';
import { field, type Json, type JsonObject, textAt } from '@/model';

export interface Answers {
  /** The questions, by name. */
  readonly inputs: JsonObject;
  readonly given: JsonObject;
}

/** The text with the answer in the place of each question, else its default, else what is asked. */
export function withAnswers(text: string, { inputs, given }: Answers, lang: Lang): string {
  return text.replaceAll(/\$\{\s*inputs\.(\w+)\s*\}/g, (whole, name: string) => {
    const input = field(inputs, name);
    const answer = isId(input) ? undefined : (plain(field(given, name)) ?? plain(field(input, 'default')));
    return answer ?? localText(field(input, 'title'), lang) ?? whole;
  });
}

/** Whether its answer says nothing to people. */
function isId(input: Json | undefined): boolean {
  return textAt(input, 'type') === 'connection';
}

function plain(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
