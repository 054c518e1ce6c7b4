/** The blocks with ways of the author's own: cases, shares, lanes, answers. Knows their fields; their steps are elsewhere. */
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import { field, freshId, isArray, objectAt, type Way, waysOf } from '@/model';
import { useChoices } from '../choices';
import { DocField, usePlace } from '../place';
import { SideWay } from './SideWay';
import classes from './Step.module.css';
import { WayRows } from './WayRows';

function useWays(kind: Way['kind']): readonly Way[] {
  const { value } = usePlace();
  return waysOf(value as Parameters<typeof waysOf>[0]).filter((way) => way.kind === kind);
}

/** A name nobody has: `a`, `b`, ... */
function nextName(ways: readonly Way[]): string {
  const taken = new Set(ways.map((way) => way.name));
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return [...letters].find((letter) => !taken.has(letter)) ?? freshId(taken as Set<string>, 'a');
}

export function SwitchForm() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const ways = useWays('case');
  const cases = field(place.value, 'switch');
  return (
    <WayRows
      ways={ways}
      make={() => ({ kind: 'case', when: '' })}
      add={t('switch.add')}
      help={t('switch.help')}
      isRenamed={false}
    >
      {(_, at) =>
        isArray(cases) && (
          <DocField
            path={`/switch/${at}/when`}
            widget="condition"
            label={t('switch.case', { number: at + 1 })}
            required
          />
        )
      }
    </WayRows>
  );
}

export function SplitForm() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const ways = useWays('path');
  const formats = useFormats();
  return (
    <WayRows
      ways={ways}
      make={() => ({ kind: 'path', name: nextName(ways) })}
      add={t('split.add')}
      help={t('split.help')}
    >
      {(way) => {
        const share = objectAt(place.value, 'split')[way.name ?? ''];
        const total = Object.values(objectAt(place.value, 'split')).reduce<number>(
          (sum, one) => sum + (typeof one === 'number' ? one : 0),
          0,
        );
        const percent = typeof share === 'number' && total > 0 ? (share / total) * 100 : 0;
        return (
          <div className={classes.share}>
            <DocField
              path={`/split/${pointed(way.name ?? '')}`}
              widget="plain_number"
              schema={{ type: 'integer', minimum: 0 }}
              label={t('split.weight')}
              required
            />
            <span className={classes.percent}>
              {t('split.percent', { percent: formats.number(Math.round(percent * 10) / 10) })}
            </span>
          </div>
        );
      }}
    </WayRows>
  );
}

/** A name as part of a pointer. */
function pointed(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

const JOINS = ['all', 'any'] as const;

export function ParallelForm() {
  const { t } = useTranslation('panel');
  const ways = useWays('lane');
  const joins = useChoices(JOINS, (one) => t(`parallel.${one as 'all'}`), 'all');
  return (
    <>
      <WayRows
        ways={ways}
        make={() => ({ kind: 'lane', name: nextName(ways) })}
        add={t('parallel.add')}
        help={t('parallel.help')}
      />
      <DocField path="/join" widget="plain_select" schema={joins} label={t('parallel.join')} required />
    </>
  );
}

export function AskForm() {
  const { t } = useTranslation('panel');
  const ways = useWays('answer');
  return (
    <>
      <DocField path="/ask/question" widget="textarea" label={t('ask.question')} required />
      <WayRows
        ways={ways}
        make={() => ({
          kind: 'answer',
          name: freshId(new Set(ways.map((way) => way.name ?? '')), t('ask.new_name')),
          button: '',
        })}
        add={t('ask.add')}
        help={t('ask.help')}
        path="/ask/answers"
        isNameLast
      >
        {(way) => (
          <DocField
            path={`/ask/answers/${pointed(way.name ?? '')}`}
            widget="text"
            label={t('ask.button')}
            required
          />
        )}
      </WayRows>
      <DocField path="/ask/timeout" widget="duration" label={t('ask.timeout')} help={t('ask.timeout_help')} />
      <SideWay
        kind="timeout"
        path="/on_timeout"
        label={t('ask.on_timeout')}
        help={t('listen.on_timeout_help')}
      />
    </>
  );
}
