/** What a rehearsal over the past found. Knows counts and outcomes; never a step. */
import { useMutation } from '@tanstack/react-query';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { RUN_STATUSES } from '@/app/search';
import { formatLocale } from '@/i18n/languages';
import { localText } from '@/i18n/local';
import { useFormats, useLang } from '@/i18n/use-lang';
import { ProblemView } from '@/ui/ProblemView';
import { CatalogContext } from '../catalog';
import { useSample } from '../draft';
import { ofEvent } from '../sample/sample';
import { Bars } from './Bars';
import classes from './Rehearsal.module.css';
import type { RehearsedPast } from './requests';

export function PastFound({ found, open }: { found: RehearsedPast; open: () => void }) {
  const { t } = useTranslation(['rehearsal', 'runs']);
  const show = useFormats();
  const lang = useLang();
  const catalog = useContext(CatalogContext);
  const { sensors } = found;
  if (found.events === 0 && !sensors?.left_out)
    return <p className="soft">{t('rehearsal:past.no_events')}</p>;
  const sent = Object.values(found.messages).reduce((sum, count) => sum + count, 0);
  const channel = (name: string) =>
    (Object.hasOwn(catalog.connectors, name)
      ? localText(catalog.connectors[name]?.title, lang)
      : undefined) ?? name;
  const outcome = (name: string) => {
    const status = RUN_STATUSES.find((known) => known === name);
    return status ? t(`runs:status.${status}`) : name;
  };
  const facts: (readonly [string, string, boolean])[] = [
    [t('rehearsal:past.events', { count: found.events }), show.number(found.events), false],
    [t('rehearsal:past.runs', { count: found.runs }), show.number(found.runs), false],
    [t('rehearsal:past.messages', { count: sent }), show.number(sent), false],
    ...(found.cost ? [[t('rehearsal:past.cost'), money(found.cost, lang), false] as const] : []),
    [t('rehearsal:past.held', { count: found.held }), show.number(found.held), false],
    [t('rehearsal:past.refused', { count: found.refused }), show.number(found.refused), false],
    [
      t('rehearsal:past.after_purchase', { count: found.after_purchase }),
      show.number(found.after_purchase),
      found.after_purchase > 0,
    ],
    ...(sensors
      ? [
          [
            t('rehearsal:past.devices', { count: sensors.devices }),
            show.number(sensors.devices),
            false,
          ] as const,
        ]
      : []),
    ...(sensors?.left_out
      ? [
          [
            t('rehearsal:past.left_out', { count: sensors.left_out }),
            show.number(sensors.left_out),
            true,
          ] as const,
        ]
      : []),
  ];
  return (
    <>
      {found.truncated && <p className={classes.notice}>{t('rehearsal:past.truncated')}</p>}
      <dl className={classes.facts}>
        {facts.map(([name, value, bad]) => (
          <div key={name} data-bad={bad || undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Bars title={t('rehearsal:past.by_outcome')} counts={found.by_outcome} name={outcome} />
      {sent > 0 && <Bars title={t('rehearsal:past.by_channel')} counts={found.messages} name={channel} />}
      <Cases found={found} outcome={outcome} open={open} />
    </>
  );
}

function money({ amount, currency }: { amount: string; currency: string }, lang: 'es' | 'en' | 'pt'): string {
  return new Intl.NumberFormat(formatLocale(lang), { style: 'currency', currency }).format(Number(amount));
}

/** Runs to look at one by one: their event becomes the sample. */
function Cases({
  found,
  outcome,
  open,
}: {
  found: RehearsedPast;
  outcome: (name: string) => string;
  open: () => void;
}) {
  const { t } = useTranslation(['rehearsal', 'runs']);
  const show = useFormats();
  const sample = useSample();
  const look = useMutation({
    mutationFn: (id: string) =>
      data(api.GET('/api/v1/events/{event_id}', { params: { path: { event_id: id } } })),
    onSuccess: (event) => {
      sample.pin(ofEvent(event));
      open();
    },
  });
  const cases = found.cases.filter((one) => one.event_id !== null);
  if (cases.length === 0) return null;
  return (
    <section>
      <h2 className={classes.small}>{t('rehearsal:past.cases')}</h2>
      {look.isError && <ProblemView error={look.error} />}
      <ul className={classes.cases}>
        {cases.map((one) => (
          <li key={one.event_id}>
            <button
              type="button"
              className={classes.case}
              disabled={look.isPending}
              onClick={() => look.mutate(one.event_id ?? '')}
            >
              <strong>{one.key === '' ? t('runs:no_key') : one.key}</strong>
              <span className="soft">{show.moment(one.at)}</span>
              <span>{outcome(one.outcome)}</span>
              <span className="soft">{t('rehearsal:past.sends', { count: one.messages })}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
