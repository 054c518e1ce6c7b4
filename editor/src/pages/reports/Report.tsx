/** A cold-chain report as facts and tables. Knows its shape; never how it was asked for. */
import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ColdChain, Exposure } from '@/api/schema.gen';
import { sentence } from '@/i18n/sentence';
import { useFormats } from '@/i18n/use-lang';
import { Facts } from '@/ui/Facts';
import { Panel } from '@/ui/Panel';
import { useValueText } from '@/widgets/device/values';
import classes from './Reports.module.css';

const MINUTE_MS = 60_000;
const PERCENT = 100;

export function Report({ report }: { report: ColdChain | undefined }) {
  const { t } = useTranslation('reports');
  const show = useFormats();
  const told = useValueText();
  if (report === undefined) return <Skeleton height={320} radius={12} />;
  const { unit } = report;
  const span = (minutes: number) => (minutes === 0 ? t('no_time') : show.span(minutes * MINUTE_MS));
  return (
    <>
      <Facts
        facts={[
          [t('total.beyond'), span(report.cumulative_minutes)],
          [t('total.longest'), span(report.longest_minutes)],
          [t('total.times'), show.number(report.exposure_count)],
          [t('total.observed'), `${show.number(Math.round(report.observed * PERCENT * 10) / 10)} %`],
          [t('total.range'), `${told(report.min, unit)} – ${told(report.max, unit)}`],
          [t('total.average'), told(report.avg, unit)],
        ]}
      />
      <div className={classes.stack}>
        <Panel title={t('exposures.title')}>
          {report.exposures.length === 0 ? (
            <p className={classes.calm}>{t('exposures.none')}</p>
          ) : (
            <Stretches
              rows={report.exposures}
              all={report.exposure_count}
              label={t('exposures.title')}
              worst={(row) => told(row.worst, unit)}
            />
          )}
        </Panel>
        <Panel title={t('gaps.title')} lead={t('gaps.lead')}>
          {report.gaps.length === 0 ? (
            <p className={classes.calm}>{t('gaps.none')}</p>
          ) : (
            <Stretches rows={report.gaps} all={report.gap_count} label={t('gaps.title')} />
          )}
        </Panel>
        <Panel title={t('actions.title')} lead={t('actions.lead')}>
          {report.actions.length === 0 ? (
            <p className={classes.calm}>{t('actions.none')}</p>
          ) : (
            <ul className={classes.actions}>
              {report.actions.map((action) => (
                <li key={`${action.alert_id} ${action.at} ${action.kind}`}>
                  <Link to="/alerts/$alertId" params={{ alertId: action.alert_id }}>
                    {show.moment(action.at)}
                  </Link>{' '}
                  {sentence(action.says)} {action.note}
                  <span className="soft"> · {action.alert}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
    </>
  );
}

interface StretchesProps {
  rows: readonly Exposure[];
  /** How many there are, of which the first are listed. */
  all: number;
  label: string;
  worst?: (row: Exposure) => string;
}

function Stretches({ rows, all, label, worst }: StretchesProps) {
  const { t } = useTranslation('reports');
  const show = useFormats();
  return (
    <table className={classes.table} aria-label={label}>
      {rows.length < all && <caption>{t('first', { listed: rows.length, all })}</caption>}
      <thead>
        <tr>
          <th scope="col">{t('column.since')}</th>
          <th scope="col">{t('column.until')}</th>
          <th scope="col">{t('column.lasted')}</th>
          {worst !== undefined && <th scope="col">{t('column.worst')}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.since}>
            <td>{show.moment(row.since)}</td>
            <td>{row.until === null ? t('goes_on') : show.moment(row.until)}</td>
            <td>{show.span(row.minutes * MINUTE_MS)}</td>
            {worst !== undefined && <td>{worst(row)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
