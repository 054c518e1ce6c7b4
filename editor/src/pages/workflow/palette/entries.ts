/** Choices and triggers as entries of a list one searches: words, picture, group. Knows the texts; never what is done with an entry. */
import { useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { CatalogContext } from '../catalog';
import { type Choice, choicesOf } from './choices';
import type { Picture } from './icons';
import { type Trigger, triggersOf } from './triggers';

export interface Entry<T> {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly line: string;
  /** Further words by which it is found. */
  readonly words: readonly string[];
  readonly picture: Picture;
  readonly item: T;
}

export function useChoices(): readonly Entry<Choice>[] {
  const catalog = useContext(CatalogContext);
  const lang = useLang();
  const { t } = useTranslation(['blocks', 'model']);
  return useMemo(
    () =>
      choicesOf(catalog).map((choice) => {
        const { id, use } = choice;
        const group = t(`blocks:use.${use}`);
        const [title, line, also] =
          choice.block === 'action'
            ? [localText(choice.node.title, lang) ?? id, localText(choice.node.summary, lang) ?? '', id]
            : [
                t(`model:kind.${choice.block}`),
                t(`blocks:line.${choice.block}`),
                t(`blocks:also.${choice.block}`),
              ];
        return {
          id,
          group,
          title,
          line,
          words: [also, group],
          picture: { block: choice.block, use },
          item: choice,
        };
      }),
    [catalog, lang, t],
  );
}

export function useTriggers(): readonly Entry<Trigger>[] {
  const catalog = useContext(CatalogContext);
  const lang = useLang();
  const { t } = useTranslation('blocks');
  return useMemo(
    () =>
      triggersOf(catalog).map((trigger) => {
        const { id, event } = trigger;
        const way = id.slice(1) as 'schedule';
        return {
          id,
          group: t(event ? 'trigger.events' : 'trigger.others'),
          title: event ? (localText(event.title, lang) ?? id) : t(`trigger.${way}`),
          line: event ? id : t(`trigger_line.${way}`),
          words: [id],
          picture: { block: id === ':schedule' ? 'wait' : 'trigger', use: 'start' },
          item: trigger,
        };
      }),
    [catalog, lang, t],
  );
}
