/** What a chart shows, in rows that can be read aloud. Knows readings; never the canvas. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import classes from './Chart.module.css';
import { rowsOf, type Series } from './series';
import type { TimeWindow } from './window';

const ROWS = 24;

interface Props {
  series: Series;
  window: TimeWindow;
  unit: string | undefined;
  label: string;
}

export function ChartTable({ series, window, unit, label }: Props) {
  const { t } = useTranslation('devices');
  const [open, setOpen] = useState(false);
  return (
    <details className={classes.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('chart.table')}</summary>
      {open && <Rows series={series} window={window} unit={unit} label={label} />}
    </details>
  );
}

function Rows({ series, window, unit, label }: Props) {
  const { t } = useTranslation('devices');
  const show = useFormats();
  const told = (value: number | null) =>
    value === null ? t('chart.nothing') : show.number(Math.round(value * 100) / 100);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chart.from')}</th>
            <th scope="col">{t('chart.min')}</th>
            <th scope="col">{unit === undefined ? t('chart.average') : `${t('chart.average')} (${unit})`}</th>
            <th scope="col">{t('chart.max')}</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(series, window.from, window.to, ROWS).map((row) => (
            <tr key={row.from}>
              <th scope="row">{show.moment(new Date(row.from).toISOString())}</th>
              <td>{told(row.min)}</td>
              <td>{told(row.average)}</td>
              <td>{told(row.max)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
